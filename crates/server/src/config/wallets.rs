//! Wallets of other makers.

use std::fmt;
use std::path::PathBuf;

use mibun_proofing::attempts::{AttemptPolicy, Rung};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Whose wallets may ask for cards over the browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wallets {
    /// Those who attest wallets and keys, beside this authority itself.
    pub attesters: Vec<Attester>,
    /// Whether the keys of cards have to be attested. Wallets in a browser cannot, nor can ours.
    pub key_attestations: bool,
    /// How such keys have to be stored: `iso_18045_high`, `_moderate`, `_enhanced-basic`, `_basic`; empty for any way.
    pub key_storage: Vec<String>,
    /// How their users have to be authenticated, in the same terms.
    pub user_authentication: Vec<String>,
    /// Answers on the page for wallets of other makers, per address, as a ladder of windows; a house may have one address.
    pub attempts: AttemptPolicy,
}

impl Default for Wallets {
    fn default() -> Self {
        let rung = |seconds, most| Rung { seconds, most };
        Self {
            attesters: Vec::new(),
            key_attestations: false,
            key_storage: Vec::new(),
            user_authentication: Vec::new(),
            attempts: AttemptPolicy { per_record: Vec::new(), per_source: vec![rung(3_600, 120), rung(86_400, 1_000)] },
        }
    }
}

/// Somebody who attests: written as a path, or as `{ roots = "…", clients = ["…"] }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attester {
    /// PEM file with the roots.
    pub roots: PathBuf,
    /// The `client_id`s of the wallets that are attested; any when absent.
    pub clients: Option<Vec<String>>,
}

/// The longer form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tied {
    roots: PathBuf,
    clients: Vec<String>,
}

impl Serialize for Attester {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.clients.clone() {
            Some(clients) => Tied { roots: self.roots.clone(), clients }.serialize(serializer),
            None => self.roots.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Attester {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PathOrTied)
    }
}

/// Says what is wrong with the form that was chosen, which an untagged enum does not.
struct PathOrTied;

impl<'de> Visitor<'de> for PathOrTied {
    type Value = Attester;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path of a PEM file, or a table with `roots` and `clients`")
    }

    fn visit_str<E: Error>(self, path: &str) -> Result<Attester, E> {
        Ok(Attester { roots: PathBuf::from(path), clients: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Attester, A::Error> {
        let Tied { roots, clients } = Tied::deserialize(MapAccessDeserializer::new(map))?;
        if clients.is_empty() || clients.iter().any(String::is_empty) {
            return Err(A::Error::custom("`clients` names no client: name one, or write the path alone for any"));
        }
        Ok(Attester { roots, clients: Some(clients) })
    }
}
