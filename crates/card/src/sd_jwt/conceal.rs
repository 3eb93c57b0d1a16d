//! From claims to digests: every claim gets a disclosure of its own.

use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use serde_json::{Map, Value, json};

use super::Disclosure;

/// Digests at the top level are filled up with decoys to a multiple of this, so that their number says little about how
/// many claims there are.
const ROUND_UP: usize = 8;

/// Claims turned into digests.
pub struct Concealed {
    /// What the issuer signs: `_sd` and `_sd_alg`.
    pub payload: Map<String, Value>,
    /// What the holder gets.
    pub disclosures: Vec<Disclosure>,
}

impl std::fmt::Debug for Concealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Concealed([redacted], {} disclosures)", self.disclosures.len())
    }
}

/// Conceals every claim.
///
/// The members of an object, and the elements of an array of texts, get disclosures of their own below the one of the
/// claim (RFC 9901 section 4.2.6), so that a holder can show the country of an address and not the street, and hiding
/// the address hides that there is one. Arrays of objects are one claim.
pub fn conceal(claims: Map<String, Value>, entropy: &mut dyn Entropy) -> Concealed {
    let mut disclosures = Vec::new();
    let mut digests = members(claims, &mut disclosures, entropy);
    while digests.is_empty() || !digests.len().is_multiple_of(ROUND_UP) {
        let decoy: [u8; 32] = entropy.bytes();
        digests.push(base64url::encode(&decoy));
    }
    // Sorted, digests say nothing about the order of the claims.
    digests.sort_unstable();
    let mut payload = Map::new();
    payload.insert("_sd_alg".to_owned(), "sha-256".into());
    payload.insert("_sd".to_owned(), digests.into());
    Concealed { payload, disclosures }
}

/// Conceals the members of an object and answers their digests.
fn members(object: Map<String, Value>, disclosures: &mut Vec<Disclosure>, entropy: &mut dyn Entropy) -> Vec<String> {
    let mut digests = Vec::new();
    for (name, value) in object {
        let value = inner(value, disclosures, entropy);
        let disclosure = Disclosure::make(Some(&name), value, entropy);
        digests.push(disclosure.digest().to_owned());
        disclosures.push(disclosure);
    }
    digests.sort_unstable();
    digests
}

fn inner(value: Value, disclosures: &mut Vec<Disclosure>, entropy: &mut dyn Entropy) -> Value {
    match value {
        Value::Object(object) => json!({ "_sd": members(object, disclosures, entropy) }),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let element = |item| {
                let disclosure = Disclosure::make(None, item, entropy);
                let digest = json!({ "...": disclosure.digest() });
                disclosures.push(disclosure);
                digest
            };
            items.into_iter().map(element).collect()
        }
        other => other,
    }
}
