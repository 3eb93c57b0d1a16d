use async_trait::async_trait;
use mibun_registry::{Setting, Settings, StoreError, Version};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::rows;

#[async_trait]
impl Settings for PostgresUnit {
    async fn setting(&mut self, name: &str) -> Result<Option<Setting>, StoreError> {
        self.row(query("SELECT * FROM settings WHERE name = $1").bind(name), rows::setting).await
    }

    async fn put_setting_if_absent(&mut self, name: &str, value: &[u8]) -> Result<bool, StoreError> {
        let put = query("INSERT INTO settings (name, value, version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        Ok(self.change(put.bind(name).bind(value).bind(Version::FIRST.number())).await? > 0)
    }

    async fn update_setting(&mut self, setting: &Setting) -> Result<Version, StoreError> {
        let update = query("UPDATE settings SET value = $3, version = version + 1 WHERE name = $1 AND version = $2");
        let update = update.bind(&setting.name).bind(setting.version.number()).bind(&setting.value);
        self.write_over(update, setting.version).await
    }
}
