//! `MIBUN__SECTION__KEY=value` over the values of the file.

use super::{Config, ConfigError};

const PREFIX: &str = "MIBUN__";

/// Sets each `MIBUN__SECTION__KEY` of `environment` in `config`; the value is read as TOML, else as a string.
///
/// # Errors
/// [`ConfigError::Environment`] naming the variable.
pub(super) fn overlay(
    config: Config,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let mut config = config;
    for (name, value) in environment {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        config = set(&config, path, &value).ok_or(ConfigError::Environment(name))?;
    }
    Ok(config)
}

fn set(config: &Config, path: &str, value: &str) -> Option<Config> {
    let mut tree = toml::Table::try_from(config).ok()?;
    let (section, key) = path.split_once("__")?;
    let section = tree.get_mut(&section.to_lowercase())?.as_table_mut()?;
    section.insert(key.to_lowercase(), parse_value(value));
    // Back through the typed form, so that a wrong key or kind is refused here as it is in the file.
    tree.try_into().ok()
}

fn parse_value(value: &str) -> toml::Value {
    let as_toml = toml::from_str::<toml::Table>(&format!("v = {value}"));
    as_toml.ok().and_then(|mut table| table.remove("v")).unwrap_or_else(|| toml::Value::String(value.to_owned()))
}
