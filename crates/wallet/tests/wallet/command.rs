//! The command as people and scripts meet it: output, exit codes, files.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mibun-wallet-command-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    /// Runs the command with a store in this folder and nobody at the terminal.
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mibun-wallet"))
            .arg("--store")
            .arg(self.0.join("wallet.json"))
            .args(arguments)
            .stdin(Stdio::null())
            .env_clear()
            .output()
            .expect("the command runs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn error(output: &Output) -> Value {
    serde_json::from_slice(&output.stderr).expect("one JSON object on standard error")
}

#[test]
fn a_new_wallet_is_empty_and_keeps_its_key_beside_it() {
    let folder = Folder::new("new");
    let output = folder.run(&["list", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let printed: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(printed, serde_json::json!({ "result": "cards", "cards": [], "waiting": [] }));
    assert!(folder.0.join("wallet.json").exists() && folder.0.join("wallet.key").exists());
    assert_eq!(folder.run(&["history"]).status.code(), Some(0));
}

#[test]
fn no_command_is_a_matter_of_usage() {
    assert_eq!(Folder::new("none").run(&[]).status.code(), Some(2));
}

#[test]
fn the_help_explains_the_exit_codes() {
    let output = Folder::new("help").run(&["--help"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("4  the other side refused") && text.contains("6  a card is not ready yet"), "{text}");
}

#[test]
fn an_unknown_card_cannot_be_deleted() {
    let output = Folder::new("delete").run(&["delete", "nobody", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(error(&output)["error"], "there is no such card");
}

#[test]
fn asking_again_for_nothing_is_done_at_once() {
    let folder = Folder::new("resume");
    let output = folder.run(&["resume", "--json"]);
    let printed: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let nothing =
        serde_json::json!({ "result": "resumed", "collected": [], "waiting": [], "refused": [], "failed": [] });
    assert_eq!((output.status.code(), printed), (Some(0), nothing));
    let output = folder.run(&["resume", "nobody", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(error(&output)["error"], "there is no such card that is waited for");
}

#[test]
fn a_link_that_is_no_offer_is_refused_by_us() {
    let output = Folder::new("offer").run(&["collect", "https://example.com", "--json"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn an_issuer_that_cannot_be_reached_is_a_matter_of_the_network() {
    let link = "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A9%2Foffer";
    let output = Folder::new("network").run(&["--allow-http-loopback", "collect", link, "--json"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
}

#[test]
fn plain_http_needs_to_be_allowed() {
    let link = "openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1%3A9%2Foffer";
    assert_eq!(Folder::new("plain").run(&["collect", link]).status.code(), Some(3));
}

#[test]
fn nothing_is_shown_without_somebody_to_ask() {
    let output = Folder::new("ask").run(&["present", "openid4vp://?client_id=x", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(error(&output)["error"], "there is no terminal to ask at: say --yes or --decline");
}

#[test]
fn a_request_link_that_is_none_is_refused_by_us() {
    assert_eq!(Folder::new("request").run(&["present", "hello", "--yes"]).status.code(), Some(3));
}

#[test]
fn roots_without_certificates_are_a_matter_of_usage() {
    let folder = Folder::new("trust");
    fs::write(folder.0.join("empty.pem"), "").expect("the file is written");
    let path = folder.0.join("empty.pem");
    let output = folder.run(&["--trust", path.to_str().expect("a path"), "list"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_passphrase_closes_the_store_to_its_key_file() {
    let folder = Folder::new("passphrase");
    fs::write(folder.0.join("passphrase"), "correct horse\n").expect("the file is written");
    let path = folder.0.join("passphrase");
    let passphrase = ["--passphrase-file", path.to_str().expect("a path")];
    assert_eq!(folder.run(&[passphrase[0], passphrase[1], "list"]).status.code(), Some(0));
    assert_eq!(folder.run(&[passphrase[0], passphrase[1], "list"]).status.code(), Some(0));
    assert_eq!(folder.run(&["list"]).status.code(), Some(1));
}

/// `answer-dc-api` over a call in a file.
fn answering(folder: &Folder, call: &str, arguments: &[&str]) -> Output {
    let file = folder.0.join("call.json");
    fs::write(&file, call).expect("a file");
    let file = file.display().to_string();
    folder.run(&[&["answer-dc-api", "--json", &file], arguments].concat())
}

const CALL: &str = r#"{ "requests": [{ "protocol": "openid4vp-v1-signed", "data": { "request": "x" } }] }"#;

#[test]
fn a_call_is_answered_only_with_a_yes_or_a_no() {
    let folder = Folder::new("consent");
    assert_eq!(answering(&folder, CALL, &["--origin", "https://hotel.example"]).status.code(), Some(2));
    let both = answering(&folder, CALL, &["--origin", "https://hotel.example", "--yes", "--decline"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_call_that_cannot_be_read_is_a_matter_of_usage() {
    let folder = Folder::new("call");
    let page = ["--origin", "https://hotel.example", "--yes"];
    let other = r#"{ "requests": [{ "protocol": "org-iso-mdoc", "data": {} }] }"#;
    for call in ["", "[]", "{}", r#"{ "requests": [] }"#, other] {
        let output = answering(&folder, call, &page);
        assert_eq!((output.status.code(), &error(&output)["error"]), (Some(2), &"call: invalid data".into()), "{call}");
    }
    for origin in ["hotel.example", "https://hotel.example/", "http://hotel.example"] {
        let output = answering(&folder, CALL, &["--origin", origin, "--yes"]);
        assert_eq!(error(&output)["error"], "--origin: invalid data", "{origin}");
    }
}

#[test]
fn a_call_that_is_refused_is_refused_by_us() {
    let output = answering(&Folder::new("refused"), CALL, &["--origin", "https://hotel.example", "--yes"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"");
}

#[test]
fn only_algorithms_that_are_spoken_can_be_opted_into() {
    let folder = Folder::new("accept");
    let both = ["--accept", "ML-DSA-65", "--accept", "ES384", "list"];
    assert_eq!(folder.run(&both).status.code(), Some(0));
    for unknown in ["RS256", "none", ""] {
        assert_eq!(folder.run(&["--accept", unknown, "list"]).status.code(), Some(2), "{unknown}");
    }
}
