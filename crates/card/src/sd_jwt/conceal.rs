//! From claims to digests: every claim gets a disclosure of its own.

use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use serde_json::{Map, Value, json};

use super::{ALGORITHM_MEMBER, DIGESTS_MEMBER, Disclosure, ELEMENT_MEMBER, MAX_DISCLOSURES};

/// Digests at the top level are filled up with decoys to a multiple of this, so that their number says little about how
/// many claims there are.
const ROUND_UP: usize = 8;
/// The same inside of a claim: who shows one nationality does not show that there is a second one.
const ROUND_UP_INSIDE: usize = 4;

/// Claims turned into digests.
pub struct Concealed {
    /// What the issuer signs: `_sd` and `_sd_alg`.
    pub payload: Map<String, Value>,
    /// What the holder gets.
    pub disclosures: Vec<Disclosure>,
}

/// Why claims cannot be concealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConcealError {
    /// A claim, or a member inside of one, named `_sd`, `...` or `_sd_alg`.
    #[error("a claim has a name that is reserved for digests")]
    ReservedName,
    /// More than [`MAX_DISCLOSURES`], which no reader would accept.
    #[error("more than {MAX_DISCLOSURES} claims")]
    TooMany,
}

impl std::fmt::Debug for Concealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Concealed([redacted], {} disclosures)", self.disclosures.len())
    }
}

/// Conceals every claim under salts of 128 bits.
///
/// The members of an object and the elements of an array get disclosures of their own below the one of the claim
/// (RFC 9901 section 4.2.6), so that a holder can show the country of an address and not the street, and hiding the
/// address hides that there is one. What stands in an element is shown with it.
///
/// # Errors
/// [`ConcealError`].
pub fn conceal(claims: Map<String, Value>, entropy: &mut dyn Entropy) -> Result<Concealed, ConcealError> {
    if claims.iter().any(|(name, value)| is_reserved(name) || names_reserved(value)) {
        return Err(ConcealError::ReservedName);
    }
    let mut disclosures = Vec::new();
    let digests = members(claims, ROUND_UP, &mut disclosures, entropy);
    if disclosures.len() > MAX_DISCLOSURES {
        return Err(ConcealError::TooMany);
    }
    let mut payload = Map::new();
    payload.insert(ALGORITHM_MEMBER.to_owned(), "sha-256".into());
    payload.insert(DIGESTS_MEMBER.to_owned(), digests.into());
    Ok(Concealed { payload, disclosures })
}

/// Conceals the members of an object and answers their digests.
fn members(
    object: Map<String, Value>,
    round_up: usize,
    disclosures: &mut Vec<Disclosure>,
    entropy: &mut dyn Entropy,
) -> Vec<String> {
    let mut digests = Vec::with_capacity(object.len().next_multiple_of(round_up));
    for (name, value) in object {
        let value = inner(value, disclosures, entropy);
        let disclosure = Disclosure::make(Some(&name), value, entropy);
        digests.push(disclosure.digest().to_owned());
        disclosures.push(disclosure);
    }
    while is_telling(digests.len(), round_up) {
        digests.push(decoy(entropy));
    }
    // Sorted, digests say nothing about the order of the claims, nor which of them stand for none.
    digests.sort_unstable();
    digests
}

fn inner(value: Value, disclosures: &mut Vec<Disclosure>, entropy: &mut dyn Entropy) -> Value {
    match value {
        Value::Object(object) => json!({ DIGESTS_MEMBER: members(object, ROUND_UP_INSIDE, disclosures, entropy) }),
        Value::Array(items) => elements(items, disclosures, entropy),
        other => other,
    }
}

/// Conceals the elements of an array, which keep their order; decoys stand anywhere between them.
fn elements(items: Vec<Value>, disclosures: &mut Vec<Disclosure>, entropy: &mut dyn Entropy) -> Value {
    let mut digests = Vec::with_capacity(items.len().next_multiple_of(ROUND_UP_INSIDE));
    for item in items {
        let disclosure = Disclosure::make(None, item, entropy);
        digests.push(disclosure.digest().to_owned());
        disclosures.push(disclosure);
    }
    while is_telling(digests.len(), ROUND_UP_INSIDE) {
        let places = u32::try_from(digests.len() + 1).unwrap_or(u32::MAX);
        let place = entropy.below(places) as usize;
        digests.insert(place, decoy(entropy));
    }
    digests.into_iter().map(|digest| json!({ ELEMENT_MEMBER: digest })).collect()
}

fn is_telling(digests: usize, round_up: usize) -> bool {
    digests == 0 || !digests.is_multiple_of(round_up)
}

/// A digest of nothing (RFC 9901 section 4.2.5).
fn decoy(entropy: &mut dyn Entropy) -> String {
    base64url::encode(&entropy.bytes::<32>())
}

fn names_reserved(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| is_reserved(name) || names_reserved(value)),
        Value::Array(items) => items.iter().any(names_reserved),
        _ => false,
    }
}

fn is_reserved(name: &str) -> bool {
    [DIGESTS_MEMBER, ELEMENT_MEMBER, ALGORITHM_MEMBER].contains(&name)
}
