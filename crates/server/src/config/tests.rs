use std::path::Path;

use mibun_document::resident_number::Scheme;

use super::{Attester, AttesterStatus, Config, ConfigError, VaultKind};

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

#[test]
fn keys_are_kept_in_software_beside_the_master_key_unless_said_otherwise() {
    let config = parse(MINIMAL, &[]).expect("the minimal file is whole");
    assert_eq!(config.vault.kind, VaultKind::Software);
    assert_eq!(config.vault_key_file(), Path::new("vault.key"));
    assert!(!config.production());
    let https = parse(&MINIMAL.replace("http://localhost:8480", "https://id.example"), &[]).expect("whole");
    assert!(https.production());
}

#[test]
fn a_security_module_is_named_in_full() {
    let whole = "[vault]\nkind = \"pkcs11\"\nmodule = \"/m.so\"\ntoken_label = \"mibun\"\npin_file = \"/pin\"\n";
    parse(&format!("{MINIMAL}{whole}"), &[]).expect("named in full");
    for missing in ["module", "token_label", "pin_file"] {
        let text: String =
            whole.lines().filter(|line| !line.starts_with(missing)).map(|line| format!("{line}\n")).collect();
        let refused = parse(&format!("{MINIMAL}{text}"), &[]).expect_err(missing).to_string();
        assert!(refused.starts_with("vault: ") && refused.contains(missing), "{refused}");
    }
    let twice = format!("{MINIMAL}{whole}pin_env = \"PIN\"\n");
    assert!(matches!(parse(&twice, &[]), Err(ConfigError::Vault(_))));
}

#[test]
fn limits_of_passwords_that_limit_nothing_are_refused() {
    let text = format!("{MINIMAL}[limits.id_password]\nlock_after = 1000\n");
    assert!(matches!(parse(&text, &[]), Err(ConfigError::IdPassword(_))));
}

#[test]
fn the_vault_can_be_set_from_the_environment() {
    let config = parse(MINIMAL, &[("MIBUN__VAULT__SOFTWARE_KEYS_ALLOWED", "true")]).expect("a setting");
    assert!(config.vault.software_keys_allowed);
}

fn attesters(written: &str) -> Result<Vec<Attester>, String> {
    let config = parse(&format!("{MINIMAL}\n[wallets]\nattesters = {written}\n"), &[]);
    config.map(|config| config.wallets.attesters).map_err(|error| error.to_string())
}

#[test]
fn attesters_are_paths_or_tables_with_clients() {
    let read =
        attesters(r#"["a.pem", { roots = "b.pem", clients = ["https://wallet.example"] }]"#).expect("both forms");
    let tied = Some(vec!["https://wallet.example".to_owned()]);
    let status = AttesterStatus::Required;
    let expected = [Attester::any("a.pem".into()), Attester { roots: "b.pem".into(), clients: tied, status }];
    assert_eq!(read, expected);
    let config = parse(MINIMAL, &[("MIBUN__WALLETS__ATTESTERS", "['a.pem', { roots = 'b.pem', clients = ['x'] }]")]);
    assert_eq!(config.expect("the environment says the same").wallets.attesters[0], expected[0]);
}

#[test]
fn an_attester_may_have_its_status_lists_ignored() {
    let written =
        r#"[{ roots = "a.pem", status = "ignored" }, { roots = "b.pem", clients = ["x"], status = "required" }]"#;
    let read = attesters(written).expect("with clients and without");
    let of = |at: usize| (read[at].clients.is_some(), read[at].status);
    assert_eq!([of(0), of(1)], [(false, AttesterStatus::Ignored), (true, AttesterStatus::Required)]);
    let again = read.iter().map(|one| toml::Value::try_from(one).expect("it is written").to_string());
    assert_eq!(attesters(&format!("[{}]", again.collect::<Vec<_>>().join(", "))).expect("and read again"), read);
}

#[test]
fn attesters_that_are_not_written_so_are_refused_with_the_reason() {
    for (written, reason) in [
        ("[7]", "the path of a PEM file, or a table with `roots` and `clients`"),
        (r#"[{ roots = "a.pem" }]"#, "missing field `clients`"),
        (r#"[{ clients = ["x"] }]"#, "missing field `roots`"),
        (r#"[{ roots = "a.pem", client = ["x"] }]"#, "unknown field `client`"),
        (r#"[{ roots = "a.pem", clients = "x" }]"#, "expected a sequence"),
        (r#"[{ roots = "a.pem", status = "off" }]"#, "unknown variant `off`"),
        (r#"[{ roots = "a.pem", status = "ignored", clients = [] }]"#, "`clients` names no client"),
        (r#"[{ roots = "a.pem", clients = [] }]"#, "`clients` names no client"),
        (r#"[{ roots = "a.pem", clients = ["x", ""] }]"#, "`clients` names no client"),
    ] {
        let message = attesters(written).expect_err("not an attester");
        assert!(message.contains(reason), "{written}: {message}");
    }
}
