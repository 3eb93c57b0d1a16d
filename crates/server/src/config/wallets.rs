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

/// Somebody who attests: written as a path, or as a table with `roots` and with `clients`, `status` or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attester {
    /// PEM file with the roots.
    pub roots: PathBuf,
    /// The `client_id`s of the wallets that are attested; any when absent.
    pub clients: Option<Vec<String>>,
    /// Whether the standing of its attestations is looked up.
    pub status: AttesterStatus,
}

/// What becomes of an attestation that names a status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttesterStatus {
    /// It counts once the list was had and says that it is good.
    #[default]
    Required,
    /// It counts; nothing is fetched.
    Ignored,
}

impl Attester {
    /// Written as the path alone: for any wallet, and the standing is looked up.
    pub fn any(roots: PathBuf) -> Self {
        Self { roots, clients: None, status: AttesterStatus::Required }
    }
}

/// The longer form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    roots: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<AttesterStatus>,
}

impl Serialize for Attester {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let status = (self.status != AttesterStatus::default()).then_some(self.status);
        if self.clients.is_none() && status.is_none() {
            return self.roots.serialize(serializer);
        }
        Table { roots: self.roots.clone(), clients: self.clients.clone(), status }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Attester {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PathOrTable)
    }
}

/// Says what is wrong with the form that was chosen, which an untagged enum does not.
struct PathOrTable;

impl<'de> Visitor<'de> for PathOrTable {
    type Value = Attester;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path of a PEM file, or a table with `roots` and `clients`")
    }

    fn visit_str<E: Error>(self, path: &str) -> Result<Attester, E> {
        Ok(Attester::any(PathBuf::from(path)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Attester, A::Error> {
        let Table { roots, clients, status } = Table::deserialize(MapAccessDeserializer::new(map))?;
        if clients.is_none() && status.is_none() {
            // A table is written to say more than a path does: clients that were forgotten do not become any.
            return Err(A::Error::missing_field("clients"));
        }
        if clients.iter().any(Vec::is_empty) || clients.iter().flatten().any(String::is_empty) {
            return Err(A::Error::custom("`clients` names no client: name one, or write the path alone for any"));
        }
        Ok(Attester { roots, clients, status: status.unwrap_or_default() })
    }
}
