use async_trait::async_trait;

use super::MemoryUnit;
use crate::{Setting, Settings, StoreError, Version};

#[async_trait]
impl Settings for MemoryUnit {
    async fn setting(&mut self, name: &str) -> Result<Option<Setting>, StoreError> {
        Ok(self.tables.settings.get(&name.to_owned()))
    }

    async fn put_setting_if_absent(&mut self, name: &str, value: &[u8]) -> Result<bool, StoreError> {
        let settings = &mut self.write()?.settings;
        let first = !settings.contains(&name.to_owned());
        if first {
            let row = Setting { name: name.to_owned(), value: value.to_vec(), version: Version::FIRST };
            settings.put(name.to_owned(), row);
        }
        Ok(first)
    }

    async fn update_setting(&mut self, setting: &Setting) -> Result<Version, StoreError> {
        let settings = &mut self.write()?.settings;
        settings.write_over(&setting.name, setting.version, |row| row.value.clone_from(&setting.value))
    }
}
