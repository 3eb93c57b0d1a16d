use std::path::Path;

use mibun_document::resident_number::Scheme;

use super::{Config, ConfigError};

const MINIMAL: &str = r#"
[server]
listen = "127.0.0.1:8480"
public_url = "http://localhost:8480"
[storage]
url = "sqlite:mibun.db"
master_key = "master.key"
[authority]
name = { en = "Example Authority" }
country = "UT"
"#;

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse(text, Path::new("mibun.toml"), environment)
}

#[test]
fn minimal_file_has_documented_defaults() {
    let config = parse(MINIMAL, &[]).expect("the minimal file is whole");
    assert_eq!(config.card.copies, 10);
    assert!(!config.demo.enabled);
    assert!(config.loopback_only());
}

#[test]
fn unknown_key_is_refused_with_its_line() {
    let text = MINIMAL.replace("country", "contry = 1\ncountry");
    let message = parse(&text, &[]).expect_err("a typing error").to_string();
    assert!(message.contains("line 10"), "{message}");
    assert!(message.contains("contry"), "{message}");
}

#[test]
fn environment_overlays_the_file() {
    let set = [("MIBUN__CARD__COPIES", "3"), ("MIBUN__AUTHORITY__COUNTRY", "JP"), ("PATH", "ignored")];
    let config = parse(MINIMAL, &set).expect("both settings exist");
    assert_eq!((config.card.copies, config.authority.country.as_str()), (3, "JP"));
}

#[test]
fn environment_reaches_settings_of_any_depth() {
    let set = [
        ("MIBUN__SERVER__TLS__KEY", "/etc/mibun/key.pem"),
        ("MIBUN__SERVER__TLS__CERTIFICATE", "/etc/mibun/chain.pem"),
        ("MIBUN__FACE__POLICY__MATCHING__ACCEPT_FMR", "1e-6"),
        ("MIBUN__RESIDENT_NUMBER", "{ kind = 'gb11643' }"),
    ];
    let config = parse(MINIMAL, &set).expect("all four settings exist");
    let tls = config.server.tls.expect("both files are named");
    assert_eq!(tls.key, Path::new("/etc/mibun/key.pem"));
    assert_eq!(tls.certificate, Path::new("/etc/mibun/chain.pem"));
    assert_eq!(config.face.policy.matching.accept_fmr, 1e-6);
    assert_eq!(config.resident_number, Scheme::Gb11643);
}

#[test]
fn unknown_deep_environment_setting_is_refused_by_name() {
    let set = [("MIBUN__CARD__COPIES", "3"), ("MIBUN__FACE__POLICY__MATCHING__ACCEPT", "1e-6")];
    let refused = parse(MINIMAL, &set).expect_err("no such setting");
    assert!(matches!(refused, ConfigError::Environment(name) if name == "MIBUN__FACE__POLICY__MATCHING__ACCEPT"));
}

#[test]
fn half_a_pair_from_the_environment_is_refused_by_name() {
    let refused = parse(MINIMAL, &[("MIBUN__SERVER__TLS__KEY", "/etc/mibun/key.pem")]).expect_err("no certificate");
    assert!(matches!(refused, ConfigError::Environment(name) if name == "MIBUN__SERVER__TLS__KEY"));
}

#[test]
fn unknown_environment_setting_is_refused_by_name() {
    let refused = parse(MINIMAL, &[("MIBUN__CARD__COPYS", "3")]).expect_err("no such setting");
    assert!(matches!(refused, ConfigError::Environment(name) if name == "MIBUN__CARD__COPYS"));
}

#[test]
fn plain_http_is_refused_off_loopback() {
    let text = MINIMAL.replace("http://localhost:8480", "http://id.example");
    assert!(matches!(parse(&text, &[]), Err(ConfigError::PublicUrl)));
}

#[test]
fn demo_is_refused_on_a_network_address() {
    let text = MINIMAL.replace("127.0.0.1:8480", "0.0.0.0:8480") + "[demo]\nenabled = true\n";
    assert!(matches!(parse(&text, &[]), Err(ConfigError::DemoOnNetwork)));
}

#[test]
fn review_band_must_be_below_accept() {
    let text = format!("{MINIMAL}[face.policy.matching]\naccept_fmr = 0.01\n");
    assert!(matches!(parse(&text, &[]), Err(ConfigError::Policy(_))));
}

#[test]
fn zero_copies_are_refused() {
    let text = format!("{MINIMAL}[card]\ncopies = 0\n");
    assert!(matches!(parse(&text, &[]), Err(ConfigError::TooSmall("card.copies", 1))));
}

#[test]
fn resident_number_scheme_is_tagged() {
    let text = format!("{MINIMAL}[resident_number]\nkind = \"gb11643\"\n");
    let config = parse(&text, &[]).expect("a known scheme");
    assert_eq!(config.resident_number, Scheme::Gb11643);
}
