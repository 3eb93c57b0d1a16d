//! What is on the token, and what a vault does not open.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::UserType;
use mibun_vault::softhsm::PIN;
use mibun_vault::{
    Fault, Initialised, KeyVault, OpenError, Outage, Pin, PinError, Pkcs11Config, Pkcs11Vault, VaultError,
};

use super::administrator::{Administrator, pin};
use super::{MESSAGE, PLACE};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("keys_are_made_once", keys_are_made_once),
    ("keys_on_the_token_cannot_be_read_out", keys_on_the_token_cannot_be_read_out),
    ("nothing_of_a_persons_key_stays_on_the_token", nothing_of_a_persons_key_stays_on_the_token),
    ("two_vaults_on_one_token_are_apart", two_vaults_on_one_token_are_apart),
    ("a_token_without_keys_is_refused", a_token_without_keys_is_refused),
    ("half_a_vault_is_refused", half_a_vault_is_refused),
    ("keys_that_could_be_read_out_are_refused", keys_that_could_be_read_out_are_refused),
    ("a_wrong_pin_is_named", a_wrong_pin_is_named),
    ("a_pin_from_a_file_opens", a_pin_from_a_file_opens),
    ("a_missing_module_is_named", a_missing_module_is_named),
    ("a_library_that_is_no_module_is_named", a_library_that_is_no_module_is_named),
    ("a_missing_token_is_named", a_missing_token_is_named),
    ("two_tokens_of_one_label_are_refused", two_tokens_of_one_label_are_refused),
];

fn refusal(config: &Pkcs11Config) -> VaultError {
    match Pkcs11Vault::open(config).expect_err("refused") {
        OpenError::Vault(error) => error,
        other => panic!("{other:?}"),
    }
}

fn keys_are_made_once() {
    let token = Administrator::new_token();
    assert_eq!(Pkcs11Vault::init(&token.config()).expect("made"), Initialised::Now);
    let vault = Pkcs11Vault::open(&token.config()).expect("opens");
    let made = vault.generate(&PLACE).expect("a key is made");
    assert_eq!(Pkcs11Vault::init(&token.config()).expect("found"), Initialised::Before);
    let signature = vault.sign(&made.wrapped, &PLACE, MESSAGE).expect("still signs");
    made.public.verify(MESSAGE, &signature).expect("it verifies");
}

fn keys_on_the_token_cannot_be_read_out() {
    let token = Administrator::new_token();
    let _vault = token.vault();
    let session = token.session();
    let keys = session.find_objects(&[Attribute::Token(true)]).expect("found");
    assert_eq!(keys.len(), 2);
    for key in keys {
        let asked = [AttributeType::Sensitive, AttributeType::Extractable, AttributeType::Decrypt];
        let told = session.get_attributes(key, &asked).expect("told");
        assert_eq!(told, [Attribute::Sensitive(true), Attribute::Extractable(false), Attribute::Decrypt(false)]);
        assert_eq!(session.get_attributes(key, &[AttributeType::Value]).expect("told"), []);
    }
}

fn nothing_of_a_persons_key_stays_on_the_token() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    vault.sign(&made.wrapped, &PLACE, MESSAGE).expect("signed");
    let session = token.session();
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
        assert!(session.find_objects(&[Attribute::Class(class)]).expect("found").is_empty());
    }
}

fn two_vaults_on_one_token_are_apart() {
    let token = Administrator::new_token();
    let one = token.vault();
    let other = Pkcs11Config { key_label: "another".to_owned(), ..token.config() };
    assert_eq!(Pkcs11Vault::init(&other).expect("made"), Initialised::Now);
    let other = Pkcs11Vault::open(&other).expect("opens");
    let made = one.generate(&PLACE).expect("a key is made");
    assert_eq!(other.sign(&made.wrapped, &PLACE, MESSAGE), Err(VaultError::Refused));
    drop(one);
    assert_eq!(other.health(), Ok(()), "the login of one is not ended by the other");
}

fn a_token_without_keys_is_refused() {
    let token = Administrator::new_token();
    assert_eq!(refusal(&token.config()), VaultError::Unavailable(Outage::KeysAbsent));
}

fn half_a_vault_is_refused() {
    let token = Administrator::new_token();
    drop(token.vault());
    let session = token.session();
    session.login(UserType::User, Some(&pin(PIN))).expect("in");
    let half = session.find_objects(&[Attribute::Label(b"mibun-mac".to_vec())]).expect("found");
    session.destroy_object(half[0]).expect("destroyed");
    drop(session);
    assert_eq!(refusal(&token.config()), VaultError::Unavailable(Outage::KeysAbsent));
    let refused = Pkcs11Vault::init(&token.config()).expect_err("refused");
    assert!(matches!(refused, OpenError::Vault(VaultError::Unsupported(Fault::HalfInitialised))), "{refused:?}");
}

/// Somebody put a key of their own there, of which they may have a copy.
fn keys_that_could_be_read_out_are_refused() {
    let token = Administrator::new_token();
    drop(token.vault());
    let session = token.session();
    session.login(UserType::User, Some(&pin(PIN))).expect("in");
    let own = session.find_objects(&[Attribute::Label(b"mibun-mac".to_vec())]).expect("found");
    session.destroy_object(own[0]).expect("destroyed");
    let known = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(cryptoki::object::KeyType::GENERIC_SECRET),
        Attribute::Label(b"mibun-mac".to_vec()),
        Attribute::Value(vec![7; 32]),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
        Attribute::Sign(true),
    ];
    session.create_object(&known).expect("put there");
    drop(session);
    assert_eq!(refusal(&token.config()), VaultError::Unavailable(Outage::KeysAbsent));
}

fn a_wrong_pin_is_named() {
    let token = Administrator::new_token();
    drop(token.vault());
    let wrong = Pkcs11Config { pin: Pin::new("4321").expect("a PIN"), ..token.config() };
    assert_eq!(refusal(&wrong), VaultError::Pin(PinError::Incorrect));
    assert!(matches!(Pkcs11Vault::init(&wrong), Err(OpenError::Vault(VaultError::Pin(PinError::Incorrect)))));
    assert_eq!(token.vault().health(), Ok(()));
}

fn a_pin_from_a_file_opens() {
    let token = Administrator::new_token();
    drop(token.vault());
    let path = std::env::temp_dir().join(format!("mibun-vault-softhsm-pin-{}", std::process::id()));
    fs::write(&path, format!("{PIN}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changed");
    let pin = Pin::from_file(&path);
    fs::remove_file(&path).expect("removed");
    let config = Pkcs11Config { pin: pin.expect("read"), ..token.config() };
    assert_eq!(Pkcs11Vault::open(&config).expect("opens").health(), Ok(()));
}

fn a_missing_module_is_named() {
    let token = Administrator::new_token();
    let config = Pkcs11Config { module: "/nowhere/module.so".into(), ..token.config() };
    let refused = Pkcs11Vault::open(&config).expect_err("refused");
    assert!(matches!(&refused, OpenError::File { path, .. } if path == &config.module), "{refused:?}");
    assert!(refused.to_string().starts_with("/nowhere/module.so: "), "{refused}");
}

fn a_library_that_is_no_module_is_named() {
    let token = Administrator::new_token();
    let config = Pkcs11Config { module: std::env::current_exe().expect("known"), ..token.config() };
    let refused = Pkcs11Vault::open(&config).expect_err("refused");
    assert!(matches!(refused, OpenError::Module { .. }), "{refused:?}");
}

fn a_missing_token_is_named() {
    let token = Administrator::new_token();
    let config = Pkcs11Config { token_label: "another".to_owned(), ..token.config() };
    assert_eq!(refusal(&config), VaultError::Unavailable(Outage::TokenAbsent));
}

fn two_tokens_of_one_label_are_refused() {
    let (one, two) = (Administrator::labelled("twin"), Administrator::labelled("twin"));
    assert_eq!(refusal(&one.config()), VaultError::Unsupported(Fault::TokensAlike));
    two.remove();
    assert!(Pkcs11Vault::init(&one.config()).is_ok());
}
