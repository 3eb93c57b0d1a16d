//! Telling the issuer what became of its cards.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;

use super::CollectError;
use super::session::{Access, Guard, Session, Turn};
use crate::exchange::{HttpRequest, HttpResponse};
use crate::notification::{Event, Notification};

/// What the issuer wants to be told, for as long as the token lasts. Whether it hears is of no consequence.
#[derive(Debug, Clone)]
pub struct Notice {
    session: Session,
    access: Access,
    endpoint: String,
    id: String,
}

impl PartialEq for Notice {
    fn eq(&self, other: &Self) -> bool {
        (&self.endpoint, &self.id) == (&other.endpoint, &other.id)
    }
}

impl Eq for Notice {}

impl Notice {
    pub(super) const fn new(session: Session, access: Access, endpoint: String, id: String) -> Self {
        Self { session, access, endpoint, id }
    }

    /// The message about what happened.
    ///
    /// # Errors
    /// [`CollectError::Sign`] when a key does not sign.
    pub fn tell(
        &mut self,
        event: Event,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<HttpRequest, CollectError> {
        let notification = Notification { notification_id: self.id.clone(), event };
        let request = HttpRequest::post_json(&self.endpoint, &notification.to_value());
        self.session.proven(request, Guard::Issuer(self.access.clone()), &mut Turn { now, entropy })
    }

    /// The message once more, where the answer asks for a proof with a nonce.
    ///
    /// # Errors
    /// [`CollectError::Sign`] when a key does not sign.
    pub fn again(
        &mut self,
        response: &HttpResponse,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<HttpRequest>, CollectError> {
        self.session.repeat(response, &mut Turn { now, entropy })
    }
}
