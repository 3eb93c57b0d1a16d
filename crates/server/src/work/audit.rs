//! The audit trail: who did what to which row, without personal data.

use mibun_registry::{AuditDraft, StoreError, Unit, run};

use super::WorkError;
use crate::app::App;

/// Who acts.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// An officer at the console.
    Officer(&'a str),
    /// Whoever runs the command line on the server.
    Operator,
    /// The person at the other end of a journey.
    Holder,
    /// A counter of an organisation.
    Window(&'a str),
    /// The server by itself.
    Server,
}

impl Actor<'_> {
    fn text(self) -> String {
        match self {
            Self::Officer(id) => format!("officer:{id}"),
            Self::Operator => "operator".to_owned(),
            Self::Holder => "holder".to_owned(),
            Self::Window(id) => format!("window:{id}"),
            Self::Server => "server".to_owned(),
        }
    }
}

/// Appends to the trail, in the unit that does the thing itself.
///
/// # Errors
/// The store's.
pub async fn note(
    app: &App,
    unit: &mut dyn Unit,
    actor: Actor<'_>,
    action: &'static str,
    subject: String,
) -> Result<(), StoreError> {
    let draft =
        AuditDraft { at: app.clock.now(), actor: actor.text(), action: action.to_owned(), subject, detail: None };
    unit.append_audit(&draft).await
}

/// Links what was appended into the chain. Appending and linking are two steps, so that units do not all wait for the
/// end of one chain.
///
/// # Errors
/// The store's.
pub async fn chain(app: &App) -> Result<(), WorkError> {
    run(&*app.registry, "audit.chain", |unit| {
        Box::pin(async move { Ok::<_, WorkError>(unit.chain_audit(CHAINED_AT_ONCE).await.map(|_| ())?) })
    })
    .await
}

const CHAINED_AT_ONCE: u32 = 1000;

/// Appends to the trail and chains it: for looks, which must be written down before anything is shown.
///
/// # Errors
/// The store's.
pub async fn alone(app: &App, actor: Actor<'_>, action: &'static str, subject: String) -> Result<(), WorkError> {
    run(&*app.registry, "audit.append", |unit| {
        let subject = subject.clone();
        Box::pin(async move { Ok::<_, WorkError>(note(app, unit, actor, action, subject).await?) })
    })
    .await?;
    chain(app).await
}
