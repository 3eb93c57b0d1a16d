use async_trait::async_trait;

use super::MemoryUnit;
use crate::{Conflict, Organisation, OrganisationId, Organisations, StoreError, Version, Window, WindowId};

#[async_trait]
impl Organisations for MemoryUnit {
    async fn insert_organisation(&mut self, organisation: &Organisation) -> Result<(), StoreError> {
        let row = Organisation { version: Version::FIRST, ..organisation.clone() };
        let organisations = &mut self.write()?.organisations;
        organisations.insert(organisation.id, row, Conflict::NameTaken, |other| other.name == organisation.name)
    }

    async fn organisation(&mut self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        Ok(self.tables.organisations.get(&id))
    }

    async fn organisation_by_name(&mut self, name: &str) -> Result<Option<Organisation>, StoreError> {
        Ok(self.tables.organisations.find(|organisation| organisation.name == name))
    }

    async fn organisations(&mut self) -> Result<Vec<Organisation>, StoreError> {
        Ok(self.tables.organisations.all(|_| true))
    }

    async fn update_organisation(&mut self, organisation: &Organisation) -> Result<Version, StoreError> {
        let organisations = &mut self.write()?.organisations;
        if organisations.any(|other| other.name == organisation.name && other.id != organisation.id) {
            return Err(StoreError::Conflict(Conflict::NameTaken));
        }
        organisations.write_over(&organisation.id, organisation.version, |row| {
            *row = Organisation { created_at: row.created_at, ..organisation.clone() };
        })
    }

    async fn insert_window(&mut self, window: &Window) -> Result<(), StoreError> {
        let tables = self.write()?;
        if !tables.organisations.contains(&window.organisation) {
            return Err(StoreError::VersionMismatch);
        }
        let row = Window { version: Version::FIRST, ..window.clone() };
        tables.windows.insert(window.id, row, Conflict::NameTaken, |other| same_name(other, window))
    }

    async fn window(&mut self, id: WindowId) -> Result<Option<Window>, StoreError> {
        Ok(self.tables.windows.get(&id))
    }

    async fn windows_of(&mut self, organisation: OrganisationId) -> Result<Vec<Window>, StoreError> {
        Ok(self.tables.windows.all(|window| window.organisation == organisation))
    }

    async fn update_window(&mut self, window: &Window) -> Result<Version, StoreError> {
        let windows = &mut self.write()?.windows;
        if windows.any(|other| same_name(other, window) && other.id != window.id) {
            return Err(StoreError::Conflict(Conflict::NameTaken));
        }
        windows.write_over(&window.id, window.version, |row| {
            *row = Window { organisation: row.organisation, ..window.clone() };
        })
    }
}

fn same_name(one: &Window, other: &Window) -> bool {
    one.organisation == other.organisation && one.name == other.name
}
