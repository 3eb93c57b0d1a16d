//! Named values of the installation: wrapped keys, certificates, the epoch.

use async_trait::async_trait;

use crate::{StoreError, Version};

/// One named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value; a key is wrapped before it gets here.
    pub value: Vec<u8>,
    /// The version read.
    pub version: Version,
}

/// Settings.
#[async_trait]
pub trait Settings {
    /// The value of this name.
    async fn setting(&mut self, name: &str) -> Result<Option<Setting>, StoreError>;

    /// Sets a value nobody set before; answers whether it did. Of two nodes that make a key at the same moment, one
    /// must load the other's.
    async fn put_setting_if_absent(&mut self, name: &str, value: &[u8]) -> Result<bool, StoreError>;

    /// Writes the value over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_setting(&mut self, setting: &Setting) -> Result<Version, StoreError>;
}
