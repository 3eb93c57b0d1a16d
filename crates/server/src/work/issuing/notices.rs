//! What wallets tell about their cards.

use mibun_issuing::grant::AccessError;
use mibun_issuing::notification::Notification;
use mibun_issuing::token::Presented;
use mibun_registry::{Hash, run};

use super::{IssuingError, Message};
use crate::app::App;
use crate::work::grants;

/// Takes a notification.
///
/// # Errors
/// [`IssuingError`].
pub async fn notification(app: &App, presented: &Presented, message: Message<'_>) -> Result<(), IssuingError> {
    let token = &presented.token;
    let token_hash = Hash::new(*token.hash().as_bytes());
    let key = message.key(app, Some(token))?;
    let answer = run(&*app.registry, "issuing.notification", |unit| {
        let key = &key;
        Box::pin(async move {
            let Some(row) = unit.grant_by_token(&token_hash).await? else {
                return Ok::<_, IssuingError>(Err(AccessError::UnknownToken));
            };
            let grant = grants::open(app, row)?;
            super::entitlement::check_binding(&grant.life, presented, key.as_ref())?;
            let notification = Notification::parse(message.body)?;
            if let Some(key) = key {
                key.spend(unit).await?;
            }
            let step = grant.life.notify(token, &notification, app.clock.now());
            Ok(grants::take(app, unit, grant, step).await?)
        })
    })
    .await?;
    Ok(answer?)
}
