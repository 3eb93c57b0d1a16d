//! Named values that change: certificates of organisations, numbers of lists.

use mibun_registry::{Setting, Unit};

use super::WorkError;

/// Writes a value over whatever there was.
///
/// # Errors
/// The store's.
pub(super) async fn put(unit: &mut dyn Unit, name: String, value: &[u8]) -> Result<(), WorkError> {
    match unit.setting(&name).await? {
        Some(setting) => unit.update_setting(&Setting { value: value.to_vec(), ..setting }).await.map(|_| ())?,
        None => unit.put_setting_if_absent(&name, value).await.map(|_| ())?,
    }
    Ok(())
}

/// The number of this name, if there is one.
///
/// # Errors
/// The store's, or [`WorkError::Damaged`] when it is no number.
pub(super) async fn number(unit: &mut dyn Unit, name: &str) -> Result<Option<u64>, WorkError> {
    let Some(setting) = unit.setting(name).await? else { return Ok(None) };
    let text = std::str::from_utf8(&setting.value).map_err(|_| WorkError::Damaged)?;
    text.parse().map(Some).map_err(|_| WorkError::Damaged)
}
