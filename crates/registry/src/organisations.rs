//! Relying parties and their windows.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{OrganisationId, StoreError, Version, WindowId};

/// One relying party. Organisations are public: nothing here is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// The identifier.
    pub id: OrganisationId,
    /// Its registered name; unique.
    pub name: String,
    /// What it may ask and its certificates, as the layer above encodes them.
    pub details: Vec<u8>,
    /// Whether it may ask at all.
    pub enabled: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// The version read.
    pub version: Version,
}

/// One counter of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The identifier.
    pub id: WindowId,
    /// Whose counter.
    pub organisation: OrganisationId,
    /// Its name within the organisation; unique there.
    pub name: String,
    /// The password hash (PHC string) of the secret its page opens with.
    pub secret_hash: String,
    /// The scenes it may use, by name; no name holds a space.
    pub scenes: Vec<String>,
    /// Whether it may open.
    pub enabled: bool,
    /// The version read.
    pub version: Version,
}

/// Organisations and windows.
#[async_trait]
pub trait Organisations {
    /// Adds an organisation at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::NameTaken`](crate::Conflict::NameTaken) when the name is in use.
    async fn insert_organisation(&mut self, organisation: &Organisation) -> Result<(), StoreError>;

    /// The organisation with this identifier.
    async fn organisation(&mut self, id: OrganisationId) -> Result<Option<Organisation>, StoreError>;

    /// The organisation with this name.
    async fn organisation_by_name(&mut self, name: &str) -> Result<Option<Organisation>, StoreError>;

    /// Every organisation, in order of identifier.
    async fn organisations(&mut self) -> Result<Vec<Organisation>, StoreError>;

    /// Writes name, details and whether it is enabled over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went; a name in use is a conflict.
    async fn update_organisation(&mut self, organisation: &Organisation) -> Result<Version, StoreError>;

    /// Adds a window at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::NameTaken`](crate::Conflict::NameTaken) when the organisation has a window of this name.
    async fn insert_window(&mut self, window: &Window) -> Result<(), StoreError>;

    /// The window with this identifier.
    async fn window(&mut self, id: WindowId) -> Result<Option<Window>, StoreError>;

    /// Every window of an organisation, in order of identifier.
    async fn windows_of(&mut self, organisation: OrganisationId) -> Result<Vec<Window>, StoreError>;

    /// Writes name, secret, scenes and whether it is enabled over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went; a name in use is a conflict.
    async fn update_window(&mut self, window: &Window) -> Result<Version, StoreError>;
}
