//! Another process, later, on the same token.

use std::process::Command;

use mibun_crypto::base64url;
use mibun_crypto::key::PublicKey;
use mibun_vault::{KeyVault, Pkcs11Vault, WrappedKey};

use super::administrator::Administrator;
use super::{MESSAGE, PLACE};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_vault_opened_anew_knows_its_keys", a_vault_opened_anew_knows_its_keys),
    ("another_process_knows_the_keys", another_process_knows_the_keys),
];

fn a_vault_opened_anew_knows_its_keys() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    let sealed = vault.seal("label", b"secret").expect("sealed");
    drop(vault);
    let vault = Pkcs11Vault::open(&token.config()).expect("opens");
    let signature = vault.sign(&made.wrapped, &PLACE, MESSAGE).expect("signed");
    made.public.verify(MESSAGE, &signature).expect("it verifies");
    assert_eq!(vault.open("label", &sealed).expect("opened").as_slice(), b"secret");
}

/// Keys and secrets as they would lie in a database, and where the other process finds them.
const STORED: &str = "MIBUN_TEST_STORED";

fn another_process_knows_the_keys() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    let sealed = vault.seal("label", b"secret").expect("sealed");
    let label = token.config().token_label;
    let parts = [made.wrapped.as_bytes(), &made.public.to_spki_der(), &sealed, label.as_bytes()];
    let stored = parts.map(base64url::encode).join(".");
    let program = std::env::current_exe().expect("a program knows itself");
    let output = Command::new(program).env(STORED, stored).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, b"signed and opened");
}

/// What that process does instead of tests; nothing in any other.
pub(crate) fn other_process() -> bool {
    use std::io::Write;
    let Ok(stored) = std::env::var(STORED) else { return false };
    let parts: Vec<Vec<u8>> = stored.split('.').map(|part| base64url::decode(part).expect("as stored")).collect();
    let [wrapped, public, sealed, label] = parts.try_into().expect("four parts");
    let vault = Pkcs11Vault::open(&Administrator::config_of(&String::from_utf8_lossy(&label))).expect("opens");
    let key = WrappedKey::from_bytes(wrapped).expect("as long as a key");
    let signature = vault.sign(&key, &PLACE, MESSAGE).expect("signed");
    let public = PublicKey::from_spki_der(&public).expect("as stored");
    public.verify(MESSAGE, &signature).expect("it verifies");
    assert_eq!(vault.open("label", &sealed).expect("opened").as_slice(), b"secret");
    std::io::stdout().write_all(b"signed and opened").expect("written");
    true
}
