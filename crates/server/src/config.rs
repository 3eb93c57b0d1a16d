//! The configuration: one TOML file, overlaid by environment variables `MIBUN__SECTION__KEY` of any depth.
//!
//! Unknown keys are refused with the line they stand on, so that a typing error cannot switch a safeguard off.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use mibun_document::resident_number::Scheme;
use serde::{Deserialize, Serialize};

mod authority;
pub mod chip;
pub mod env;
mod face;
mod vault;
mod wallets;

pub use authority::Authority;
pub use face::{Face, ModelSetChoice};
pub use vault::{Vault, VaultKind};
pub use wallets::{Attester, AttesterStatus, Wallets};

/// Everything an operator can set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Addresses, TLS and limits of the HTTP server.
    pub server: Server,
    /// Where the register is kept.
    pub storage: Storage,
    /// Who issues the cards.
    pub authority: Authority,
    /// How resident numbers are written.
    #[serde(default = "defaults::resident_number")]
    pub resident_number: Scheme,
    /// Life time and number of copies of a card.
    #[serde(default)]
    pub card: Card,
    /// Whose wallets may ask for cards over the browser.
    #[serde(default)]
    pub wallets: Wallets,
    /// Models and thresholds of the face check.
    #[serde(default)]
    pub face: Face,
    /// Chips of physical documents.
    #[serde(default)]
    pub chip: chip::Chip,
    /// How often a person or an address may try.
    #[serde(default)]
    pub limits: Limits,
    /// Where the keys of full cards are kept.
    #[serde(default)]
    pub vault: Vault,
    /// How the log is written.
    #[serde(default)]
    pub log: Log,
    /// The demonstration: visitors may add themselves to the register.
    #[serde(default)]
    pub demo: Demo,
}

/// Addresses, TLS and limits of the HTTP server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address and port of the metrics; none: no metrics are served.
    #[serde(default)]
    pub metrics_listen: Option<SocketAddr>,
    /// The origin that people and wallets use, without a trailing slash. https, or http on loopback.
    pub public_url: String,
    /// Certificate chain and key in PEM; without them a proxy must speak TLS.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Seconds a request may take.
    #[serde(default = "defaults::request_seconds")]
    pub request_seconds: u64,
    /// Requests served at the same time; more wait for two seconds, then are answered 503.
    #[serde(default = "defaults::concurrent_requests")]
    pub concurrent_requests: usize,
    /// Connections open at the same time; more are closed at once.
    #[serde(default = "defaults::connections")]
    pub connections: usize,
    /// Connections open at the same time from one address; trusted proxies have no such limit.
    #[serde(default = "defaults::connections_per_address")]
    pub connections_per_address: usize,
    /// Seconds a connection may take for its TLS handshake, and from one request to the whole head of the next.
    #[serde(default = "defaults::header_seconds")]
    pub header_seconds: u64,
    /// Requests per minute from one address, over all pages and interfaces.
    #[serde(default = "defaults::requests_per_minute")]
    pub requests_per_minute: u32,
}

/// Certificate chain and private key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file with the chain, leaf first.
    pub certificate: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

/// Where the register is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// `sqlite:PATH` or `postgres://...`.
    pub url: String,
    /// File with the master key (32 bytes, base64url) that wraps every other key. Mode 0600.
    pub master_key: PathBuf,
}

/// Life time and number of copies of a card.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Card {
    /// Days until the copies of a batch expire.
    pub validity_days: u32,
    /// One-time copies per batch.
    pub copies: u32,
    /// log2 of the number of entries of one status list.
    pub status_list_bits: u8,
    /// Seconds that a published status list may be kept by a checker.
    pub status_ttl_seconds: u32,
}

impl Default for Card {
    fn default() -> Self {
        Self { validity_days: 30, copies: 10, status_list_bits: 17, status_ttl_seconds: 900 }
    }
}

/// How often a person or an address may try.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Captures per record of the register, and journeys per address, as ladders of windows.
    pub attempts: mibun_proofing::attempts::AttemptPolicy,
    /// How long a journey may rest in each state.
    pub journey: mibun_proofing::journey::JourneyRules,
    /// Hours that the frame of a referred journey is kept for an officer; without it the journey can still be rejected.
    pub referral_hours: u32,
    /// Days that a decision's scores are kept, so that it can be replayed.
    pub decision_days: u32,
    /// Minutes a credential offer is good for.
    pub offer_minutes: u32,
    /// Minutes an organisation's check stays open.
    pub check_minutes: u32,
    /// Minutes that a holder's sign-in with the ID password lasts.
    pub session_minutes: u32,
    /// How often an ID password may be tried.
    pub id_password: mibun_proofing::id_password::GuardPolicy,
    /// For how long evidence counts.
    pub evidence: mibun_proofing::level::DecayPolicy,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempts: mibun_proofing::attempts::AttemptPolicy::default(),
            journey: mibun_proofing::journey::JourneyRules::default(),
            referral_hours: 24,
            decision_days: 400,
            offer_minutes: 10,
            check_minutes: 5,
            session_minutes: 10,
            id_password: mibun_proofing::id_password::GuardPolicy::default(),
            evidence: mibun_proofing::level::DecayPolicy::default(),
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `text` for people, `json` for collectors.
    pub format: LogFormat,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// One readable line.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The demonstration.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Demo {
    /// Visitors may add themselves to the register. Refused unless the server listens on loopback.
    pub enabled: bool,
}

mod defaults {
    use mibun_document::resident_number::{FreeScheme, Scheme};

    /// Two letters and six digits; hyphens may be typed.
    pub(super) fn resident_number() -> Scheme {
        let pattern = "AA######".parse().expect("a fixed pattern");
        Scheme::Free(FreeScheme { pattern, upper_case: true, ignore: "-".to_owned() })
    }
    pub(super) fn request_seconds() -> u64 {
        30
    }
    pub(super) fn concurrent_requests() -> usize {
        256
    }
    /// Below the 1024 files that systems let a program open, with room for the database.
    pub(super) fn connections() -> usize {
        800
    }
    pub(super) fn connections_per_address() -> usize {
        200
    }
    pub(super) fn header_seconds() -> u64 {
        10
    }
    pub(super) fn requests_per_minute() -> u32 {
        1200
    }
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read the configuration {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind; the message names line and column.
    #[error("{path}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: Box<toml::de::Error>,
    },
    /// An environment variable names no known key or holds a value of the wrong kind.
    #[error("environment variable {0}: no such setting, not a value of its kind, or useless without another one")]
    Environment(String),
    /// The public address is neither https nor http on loopback.
    #[error("server.public_url must be https://, or http:// on localhost, without a path")]
    PublicUrl,
    /// The demonstration lets anybody write to the register.
    #[error("demo.enabled needs server.listen on a loopback address")]
    DemoOnNetwork,
    /// A drawn number could be a real person's.
    #[error("demo.enabled needs a free scheme of resident numbers")]
    DemoNumbers,
    /// An English name is the one that always exists.
    #[error("authority.name needs an entry `en`")]
    AuthorityName,
    /// ISO 3166-1 alpha-2.
    #[error("authority.country must be two capital letters")]
    Country,
    /// A limit of zero would lock everybody out.
    #[error("{0} must be at least {1}")]
    TooSmall(&'static str, u32),
    /// More copies than a wallet's request may ask for.
    #[error("{0} must be at most {1}")]
    TooLarge(&'static str, u32),
    /// The rules of captures and decisions cannot work.
    #[error("face.policy: {0}")]
    Policy(#[from] mibun_proofing::policy::PolicyError),
    /// The limits of ID passwords limit nothing.
    #[error("limits.id_password: {0}")]
    IdPassword(#[from] mibun_proofing::id_password::GuardPolicyError),
    /// A vault on a security module that is not named in full.
    #[error("vault: {0}")]
    Vault(&'static str),
}

impl Config {
    /// Reads `path`, overlays the environment and checks the whole.
    ///
    /// # Errors
    /// [`ConfigError`], with the line for anything wrong in the file.
    pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path, environment)
    }

    /// Parses `text`; `path` is only for messages.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn parse(
        text: &str,
        path: &Path,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let parse_error = |source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) };
        // The typed pass over the text itself comes first: it is the one that knows lines.
        let from_file: Self = toml::from_str(text).map_err(parse_error)?;
        let config = env::overlay(from_file, environment)?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        self.validate_addresses()?;
        if !self.authority.name.contains_key("en") {
            return Err(ConfigError::AuthorityName);
        }
        let country = self.authority.country.as_bytes();
        if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) {
            return Err(ConfigError::Country);
        }
        self.face.policy.check()?;
        self.limits.id_password.check()?;
        self.vault.check()?;
        self.validate_numbers()
    }

    fn validate_addresses(&self) -> Result<(), ConfigError> {
        let url = url::Url::parse(&self.server.public_url).map_err(|_| ConfigError::PublicUrl)?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let scheme_ok = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        if !scheme_ok || url.path() != "/" || self.server.public_url.ends_with('/') {
            return Err(ConfigError::PublicUrl);
        }
        if self.demo.enabled && !self.server.listen.ip().is_loopback() {
            return Err(ConfigError::DemoOnNetwork);
        }
        if self.demo.enabled && self.resident_number == Scheme::Gb11643 {
            return Err(ConfigError::DemoNumbers);
        }
        Ok(())
    }

    fn validate_numbers(&self) -> Result<(), ConfigError> {
        let at_least = |name, value: u32, least| {
            if value < least { Err(ConfigError::TooSmall(name, least)) } else { Ok(()) }
        };
        let at_most = |name, value: u32, most| {
            if value > most { Err(ConfigError::TooLarge(name, most)) } else { Ok(()) }
        };
        at_least("card.copies", self.card.copies, 1)?;
        at_most("card.copies", self.card.copies, 100)?;
        at_least("card.validity_days", self.card.validity_days, 1)?;
        at_least("card.status_list_bits", u32::from(self.card.status_list_bits), 10)?;
        at_most("card.status_list_bits", u32::from(self.card.status_list_bits), 24)?;
        at_least("card.status_ttl_seconds", self.card.status_ttl_seconds, 60)?;
        at_least("limits.offer_minutes", self.limits.offer_minutes, 1)?;
        at_least("limits.check_minutes", self.limits.check_minutes, 1)?;
        let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        at_least("server.concurrent_requests", whole(self.server.concurrent_requests), 1)?;
        at_least("server.connections", whole(self.server.connections), 1)?;
        at_least("server.connections_per_address", whole(self.server.connections_per_address), 1)?;
        at_least("server.header_seconds", u32::try_from(self.server.header_seconds).unwrap_or(u32::MAX), 1)?;
        at_least("limits.session_minutes", self.limits.session_minutes, 1)?;
        at_most("limits.session_minutes", self.limits.session_minutes, 60)?;
        at_least("server.requests_per_minute", self.server.requests_per_minute, 1)?;
        at_least("face.workers", whole(self.face.workers), 1)
    }

    /// Whether wallets and checkers may use http because the server is only reachable on this machine.
    pub fn loopback_only(&self) -> bool {
        self.server.public_url.starts_with("http://")
    }

    /// Whether cards of real people may come from here: every installation that is reachable and no demonstration.
    pub fn production(&self) -> bool {
        !self.loopback_only() && !self.demo.enabled
    }
}

#[cfg(test)]
mod tests;
