//! What a wallet accepts, and how it says so when it fetches a request.

use mibun_card::CardFormat;
use mibun_crypto::key::Algorithm;
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::Certificate;
use serde_json::{Map, Value, json};

use super::ClientIdPrefix;
use crate::transaction_data::TransactionRules;

/// Whom a wallet believes and what it can do.
#[derive(Debug, Clone, Copy)]
pub struct Accepting<'a> {
    /// The kinds of askers.
    pub prefixes: &'a [ClientIdPrefix],
    /// The roots of access certificates.
    pub access: &'a [Certificate],
    /// The roots of those who attest verifiers.
    pub attesters: &'a [Certificate],
    /// The formats of its cards.
    pub formats: &'a [CardFormat],
    /// What requests may be signed with; ES256 in HAIP 1.0, and OpenID4VP 1.0 leaves it open.
    pub algorithms: Accepted,
    /// What its cards may be signed with; ES256 in HAIP 1.0.
    pub cards: Accepted,
    /// The transactions it authorises.
    pub transactions: TransactionRules<'a>,
}

impl<'a> Accepting<'a> {
    /// HAIP 1.0: askers sign with ES256 and are known by the hash of a certificate that leads to one of `access`. Cards are SD-JWT VC, and no
    /// transaction is authorised.
    pub const fn haip(access: &'a [Certificate]) -> Self {
        Self {
            prefixes: &[ClientIdPrefix::X509Hash],
            access,
            attesters: &[],
            formats: &[CardFormat::SdJwtVc],
            algorithms: Accepted::HAIP,
            cards: Accepted::HAIP,
            transactions: TransactionRules::NONE,
        }
    }

    /// The wallet's metadata (OpenID4VP 1.0 section 10.1).
    pub fn wallet_metadata(&self) -> Value {
        let formats: Map<String, Value> =
            self.formats.iter().map(|format| (format.name().to_owned(), algorithms(*format, self.cards))).collect();
        let prefixes: Vec<&str> = self.prefixes.iter().map(|prefix| prefix.name()).collect();
        let mut metadata = json!({
            "vp_formats_supported": formats,
            "client_id_prefixes_supported": prefixes,
            "response_types_supported": ["vp_token"],
            "authorization_encryption_alg_values_supported": ["ECDH-ES"],
            "authorization_encryption_enc_values_supported": ["A256GCM", "A128GCM"],
        });
        // Must be left out where no asker could sign.
        if self.prefixes.iter().any(|prefix| prefix.signs()) {
            metadata["request_object_signing_alg_values_supported"] = json!(["ES256"]);
        }
        metadata
    }

    /// What the wallet posts to fetch a request: its abilities and its nonce.
    pub fn post_form(&self, wallet_nonce: &str) -> [(&'static str, String); 2] {
        [("wallet_metadata", self.wallet_metadata().to_string()), ("wallet_nonce", wallet_nonce.to_owned())]
    }
}

/// The algorithms spoken, as an entry of `vp_formats_supported` lists them: `cards` of those who sign cards, ES256 of
/// holders. For mdoc, each is there with its older number and with that which names its curve.
pub(super) fn algorithms(format: CardFormat, cards: Accepted) -> Value {
    match format {
        CardFormat::SdJwtVc => {
            let cards: Vec<&str> = cards.algorithms().map(Algorithm::as_jose).collect();
            json!({ "sd-jwt_alg_values": cards, "kb-jwt_alg_values": [Algorithm::Es256.as_jose()] })
        }
        CardFormat::Mdoc => {
            let cards: Vec<i64> = cards.algorithms().flat_map(Algorithm::cose_numbers).copied().collect();
            json!({ "issuerauth_alg_values": cards, "deviceauth_alg_values": Algorithm::Es256.cose_numbers() })
        }
    }
}

/// Whether an entry of the other side's `vp_formats_supported` leaves room for what is spoken here. A list of
/// algorithms is optional and then must hold one of ours; what is no array is no list of ours either.
pub(super) fn agrees(format: CardFormat, cards: Accepted, entry: &Value) -> bool {
    let ours = algorithms(format, cards);
    let ours = ours.as_object().into_iter().flatten();
    ours.into_iter().all(|(name, spoken)| match entry.get(name) {
        None => entry.is_object(),
        Some(listed) => {
            let listed = listed.as_array().map(Vec::as_slice).unwrap_or_default();
            spoken.as_array().is_some_and(|spoken| spoken.iter().any(|one| listed.contains(one)))
        }
    })
}
