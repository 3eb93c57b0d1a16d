//! What the wallet keeps: cards with their one-time copies and keys, and what happened to them.

mod awaited;
mod file;

use std::fmt;
use std::io;
use std::path::Path;

use mibun_card::CardFormat;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::Jwk;
use mibun_crypto::seal::{SealError, SealingKey};
use mibun_crypto::time::Timestamp;
use mibun_issuing::collect::Renewal;
use mibun_issuing::secret::Secret;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::provider::InstanceKeys;

pub use awaited::AwaitedCard;
pub use file::read_or_make_key;

const ID_BYTES: usize = 9;

/// A card as the wallet keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredCard {
    /// Its name in this store; never leaves it.
    pub id: String,
    /// Identifier of the issuer it was collected from.
    pub issuer: String,
    /// The issuer's name.
    pub issuer_name: Option<String>,
    /// Its format.
    #[serde(default)]
    pub format: CardFormat,
    /// Its type: `vct` or document type.
    #[serde(alias = "vct")]
    pub card_type: String,
    /// The card's name.
    pub name: Option<String>,
    /// When it was collected.
    pub collected_at: Timestamp,
    /// Copies that nobody has seen.
    pub copies: Vec<CardCopy>,
    /// How many copies were shown.
    pub used: u32,
    /// With what more copies can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<StoredRenewal>,
}

/// With what more copies of a card can be had, and the keys of the instance that may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredRenewal {
    /// The way there.
    pub renewal: Renewal,
    /// Who goes it.
    pub keys: InstanceKeys,
}

/// One copy of a card with the key it is bound to. Shown at most once, so that two askers cannot tell that they met the
/// same holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardCopy {
    /// The card in its compact form.
    pub card: Secret,
    /// The key.
    pub key: CopyKey,
}

/// The key of a copy, or where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CopyKey {
    /// Here, as base64url of its PKCS#8 form.
    Here(Secret),
    /// Kept by the authority, for a full card.
    Kept(Box<KeptKey>),
}

/// A key that the authority keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptKey {
    /// What the authority calls the copy.
    pub copy: String,
    /// The public key.
    pub jwk: Jwk,
}

/// Who the holder of a full card is to the authority, and the device that speaks for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The authority: its issuer identifier.
    pub authority: String,
    /// The person.
    pub person: String,
    /// What the authority calls the card.
    pub card: String,
    /// The device's key as base64url of its PKCS#8 form.
    pub device: Secret,
}

/// Something that happened. A flattened enum leaves its members unclaimed, so unknown ones cannot be denied here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A card was collected.
    Collected {
        /// Whose.
        issuer: String,
        /// How many copies.
        copies: usize,
    },
    /// A card was shown.
    Presented {
        /// To whom.
        organisation: String,
        /// What for, as the asker says.
        #[serde(skip_serializing_if = "Option::is_none")]
        purpose: Option<String>,
        /// Which fields were revealed, by their paths.
        fields: Vec<String>,
        /// Whether the asker took it.
        taken: bool,
    },
    /// The holder or the wallet said no.
    Declined {
        /// To whom, if that was known for sure.
        #[serde(skip_serializing_if = "Option::is_none")]
        organisation: Option<String>,
        /// Why, as a code.
        reason: String,
    },
    /// A card, or what was kept of one that was waited for, was deleted.
    Deleted {
        /// Whose.
        issuer: String,
    },
    /// A card was not ready.
    Deferred {
        /// Whose.
        issuer: String,
    },
    /// A card that was waited for will not come.
    Withheld {
        /// Whose.
        issuer: String,
        /// Why, as a code.
        reason: String,
    },
}

/// How a store is unlocked.
pub enum Unlock {
    /// A key that lies elsewhere.
    Key(SealingKey),
    /// A passphrase that somebody remembers.
    Passphrase(Secret),
}

/// Why a store cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("the store cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// Another process uses the store.
    #[error("the store is in use")]
    InUse,
    /// The file is not a store of this version.
    #[error("the file is not a wallet of this version")]
    Form,
    /// The store was made for a key file and a passphrase was given, or the other way round.
    #[error("the store is unlocked in another way")]
    OtherUnlock,
    /// The key or passphrase is wrong, or the file was changed.
    #[error("the key or passphrase does not open the store")]
    Locked(#[from] SealError),
    /// A key file that does not hold exactly one key.
    #[error("the key file does not hold a key")]
    KeyFile,
}

/// Everything that is kept, as it is written (sealed).
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    cards: Vec<StoredCard>,
    history: Vec<Entry>,
    #[serde(default)]
    account: Option<Account>,
    /// Absent where empty: an earlier version reads that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    awaited: Vec<AwaitedCard>,
}

/// The wallet's memory. Every change is on disk, or the call failed.
#[derive(Debug)]
pub struct Store {
    contents: Contents,
    file: Option<file::SealedFile>,
}

impl Store {
    /// A store that forgets everything at the end, for tests and load.
    pub fn in_memory() -> Self {
        Self { contents: Contents::default(), file: None }
    }

    /// Opens the store in `path`, or makes a new one there. Only one process can have it open.
    pub fn open(path: &Path, unlock: &Unlock, entropy: &mut dyn Entropy) -> Result<Self, StoreError> {
        let (file, contents) = file::SealedFile::open(path, unlock, entropy)?;
        let store = Self { contents, file: Some(file) };
        store.save(entropy)?;
        Ok(store)
    }

    /// All cards, oldest first.
    pub fn cards(&self) -> &[StoredCard] {
        &self.contents.cards
    }

    /// Everything that happened, oldest first.
    pub fn history(&self) -> &[Entry] {
        &self.contents.history
    }

    /// The account behind a full card.
    pub fn account(&self) -> Option<&Account> {
        self.contents.account.as_ref()
    }

    /// Keeps the account, in place of an earlier one.
    pub fn set_account(&mut self, account: Account, entropy: &mut dyn Entropy) -> Result<(), StoreError> {
        self.change(entropy, |contents| contents.account = Some(account))
    }

    /// A name for a new card.
    pub fn new_id(&self, entropy: &mut dyn Entropy) -> String {
        entropy.token(ID_BYTES)
    }

    /// Keeps a card. If it was waited for under its name, that ends with the same write.
    pub fn add(&mut self, card: StoredCard, entropy: &mut dyn Entropy) -> Result<(), StoreError> {
        self.change(entropy, |contents| {
            contents.awaited.retain(|awaited| awaited.id != card.id);
            contents.cards.push(card);
        })
    }

    /// Takes the way to more copies out of a card: a refresh token may be good for one use only.
    pub fn take_renewal(&mut self, id: &str, entropy: &mut dyn Entropy) -> Result<Option<StoredRenewal>, StoreError> {
        self.change(entropy, |contents| contents.cards.iter_mut().find(|card| card.id == id)?.renewal.take())
    }

    /// Puts fresh copies in the place of those that are left, and the way to yet more. If they were waited for, that ends
    /// with the same write.
    pub fn renew(
        &mut self,
        id: &str,
        copies: Vec<CardCopy>,
        renewal: Option<StoredRenewal>,
        entropy: &mut dyn Entropy,
    ) -> Result<(), StoreError> {
        self.change(entropy, |contents| {
            contents.awaited.retain(|awaited| awaited.renews.as_deref() != Some(id));
            if let Some(card) = contents.cards.iter_mut().find(|card| card.id == id) {
                (card.copies, card.renewal) = (copies, renewal);
            }
        })
    }

    /// Takes an unused copy out of the store for good: it counts as shown from now on, whatever happens next.
    pub fn take_copy(&mut self, id: &str, entropy: &mut dyn Entropy) -> Result<Option<CardCopy>, StoreError> {
        self.change(entropy, |contents| {
            let card = contents.cards.iter_mut().find(|card| card.id == id)?;
            let copy = card.copies.pop()?;
            card.used = card.used.saturating_add(1);
            Some(copy)
        })
    }

    /// Deletes a card with all keys, also those of copies that are waited for; gives back what it was.
    pub fn delete(&mut self, id: &str, entropy: &mut dyn Entropy) -> Result<Option<StoredCard>, StoreError> {
        self.change(entropy, |contents| {
            let at = contents.cards.iter().position(|card| card.id == id)?;
            contents.awaited.retain(|awaited| awaited.renews.as_deref() != Some(id));
            Some(contents.cards.remove(at))
        })
    }

    /// Notes something in the history.
    pub fn record(&mut self, entry: Entry, entropy: &mut dyn Entropy) -> Result<(), StoreError> {
        self.change(entropy, |contents| contents.history.push(entry))
    }

    /// Makes a change and writes it; a change that cannot be written is taken back.
    fn change<T>(
        &mut self,
        entropy: &mut dyn Entropy,
        change: impl FnOnce(&mut Contents) -> T,
    ) -> Result<T, StoreError> {
        if self.file.is_none() {
            return Ok(change(&mut self.contents));
        }
        let before = self.contents.clone();
        let outcome = change(&mut self.contents);
        if let Err(error) = self.save(entropy) {
            self.contents = before;
            return Err(error);
        }
        Ok(outcome)
    }

    fn save(&self, entropy: &mut dyn Entropy) -> Result<(), StoreError> {
        match &self.file {
            Some(file) => file.write(&self.contents, entropy),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key([redacted])",
            Self::Passphrase(_) => "Passphrase([redacted])",
        })
    }
}

#[cfg(test)]
mod tests;
