//! `MIBUN__SECTION__KEY=value` over the values of the file, as deep as the settings go: `MIBUN__SERVER__TLS__KEY`.

use super::{Config, ConfigError};

const PREFIX: &str = "MIBUN__";

/// Sets each `MIBUN__…` of `environment` in `config`; the value is read as TOML, else as a string.
///
/// Settings that are only good together may come in any order.
///
/// # Errors
/// [`ConfigError::Environment`] naming the variable.
pub(super) fn overlay(
    config: Config,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let settings: Vec<(String, String)> = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect();
    if settings.is_empty() {
        return Ok(config);
    }
    if let Some(overlaid) = set(&config, settings.iter()) {
        return Ok(overlaid);
    }
    // The one without which the others are good is the one that is wrong.
    let without = |wrong: &String| set(&config, settings.iter().filter(|(name, _)| name != wrong)).is_some();
    let alone = |name: &String| set(&config, settings.iter().filter(|(other, _)| other == name)).is_none();
    let mut names = settings.iter().map(|(name, _)| name);
    let wrong = names.clone().find(|name| without(name)).or_else(|| names.find(|name| alone(name)));
    Err(ConfigError::Environment(wrong.cloned().unwrap_or_else(|| PREFIX.to_owned())))
}

fn set<'a>(config: &Config, settings: impl Iterator<Item = &'a (String, String)>) -> Option<Config> {
    let mut tree = toml::Table::try_from(config).ok()?;
    for (name, value) in settings {
        let path = name.strip_prefix(PREFIX)?.to_lowercase();
        let (sections, key) = match path.rsplit_once("__") {
            Some((sections, key)) => (sections.split("__").collect(), key),
            None => (Vec::new(), path.as_str()),
        };
        let mut section = &mut tree;
        for name in sections {
            let entry = section.entry(name).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            section = entry.as_table_mut()?;
        }
        section.insert(key.to_owned(), parse_value(value));
    }
    // Back through the typed form, so that a wrong key or kind is refused here as it is in the file.
    tree.try_into().ok()
}

fn parse_value(value: &str) -> toml::Value {
    let as_toml = toml::from_str::<toml::Table>(&format!("v = {value}"));
    as_toml.ok().and_then(|mut table| table.remove("v")).unwrap_or_else(|| toml::Value::String(value.to_owned()))
}
