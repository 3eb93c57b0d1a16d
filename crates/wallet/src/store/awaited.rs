//! Cards that are waited for: kept with everything that asking for them again takes.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use mibun_issuing::collect::Waiting;
use serde::{Deserialize, Serialize};

use super::{CopyKey, Store, StoreError};
use crate::provider::InstanceKeys;

/// A card that its issuer has not ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitedCard {
    /// Its name in this store, and that of the card once it is there.
    pub id: String,
    /// What the issuer is asked with.
    pub waiting: Waiting,
    /// The keys of the copies, in the order of those in `waiting`.
    pub keys: Vec<CopyKey>,
    /// The keys of the instance, where the wallet is somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<InstanceKeys>,
    /// The card for which these are fresh copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Before then the issuer does not want to be asked.
    pub ask_after: Timestamp,
}

impl Store {
    /// All cards that are waited for, oldest first.
    pub fn awaited(&self) -> &[AwaitedCard] {
        &self.contents.awaited
    }

    /// Keeps what is waited for, in place of what was kept under that name.
    pub fn wait(&mut self, awaited: AwaitedCard, entropy: &mut dyn Entropy) -> Result<(), StoreError> {
        self.change(entropy, |contents| match contents.awaited.iter_mut().find(|known| known.id == awaited.id) {
            Some(known) => *known = awaited,
            None => contents.awaited.push(awaited),
        })
    }

    /// Waits no longer, and deletes all keys; gives back what was waited for.
    pub fn give_up(&mut self, id: &str, entropy: &mut dyn Entropy) -> Result<Option<AwaitedCard>, StoreError> {
        self.change(entropy, |contents| {
            let at = contents.awaited.iter().position(|known| known.id == id)?;
            Some(contents.awaited.remove(at))
        })
    }
}
