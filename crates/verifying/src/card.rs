//! Everything that can be told from the presentation itself: is it genuine, is it in time, is it held by its holder,
//! and is it the answer to our question?

use mibun_card::kb_jwt::{self, KeyBinding};
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::digest::constant_time_eq;
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Algorithm, Jwk, PublicKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};
use mibun_status::Reference;
use mibun_trust::TrustAnchors;
use serde_json::{Map, Value};

use crate::judge::{Expectation, Journal};
use crate::refusal::Refusal;
use crate::verdict::CheckName;
use crate::{PROOF_SECONDS, SKEW_SECONDS};

/// A card that an issuer we trust has signed and that its holder has just shown to us.
pub(crate) struct Genuine {
    /// The claims that were shown.
    pub(crate) claims: Map<String, Value>,
    /// Where its status can be found.
    pub(crate) status: Option<Reference>,
}
