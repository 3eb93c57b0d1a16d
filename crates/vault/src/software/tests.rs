use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use mibun_crypto::entropy::SeededEntropy;

use super::*;

const PLACE: Context<'static> = Context { table: "full card", row: b"42", column: "key", version: 1 };

fn entropy() -> Box<dyn Entropy + Send> {
    Box::new(SeededEntropy::new("vault"))
}

/// A path that nothing lies at; what is put there is removed with this.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("mibun-vault-key-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    fn holding(text: &str) -> Self {
        let place = Self::new();
        secret_file::create(&place.0, text).expect("the file is new");
        place
    }

    fn open(&self) -> Result<SoftwareVault, OpenError> {
        SoftwareVault::open_file(&self.0, Operation::Development, entropy())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn production_needs_the_setting() {
    let in_production = |software_keys_allowed| {
        SoftwareVault::of_key(&[1; 32], Operation::Production { software_keys_allowed }, entropy())
    };
    assert!(in_production(true).is_ok());
    let refused = in_production(false).expect_err("refused");
    assert!(matches!(refused, OpenError::SoftwareKeys));
    assert!(refused.to_string().contains("vault.software_keys_allowed = true"), "{refused}");
    // Before the file is even looked at.
    let operation = Operation::Production { software_keys_allowed: false };
    let refused = SoftwareVault::open_file(&Place::new().0, operation, entropy()).expect_err("refused");
    assert!(matches!(refused, OpenError::SoftwareKeys));
}

#[test]
fn a_key_file_opens_the_same_vault_again() {
    let place = Place::new();
    SoftwareVault::create_file(&place.0, &mut SeededEntropy::new("file")).expect("made");
    let made = place.open().expect("opens").generate(&PLACE).expect("a key is made");
    let signature = place.open().expect("opens").sign(&made.wrapped, &PLACE, b"message").expect("signed");
    made.public.verify(b"message", &signature).expect("it verifies");
}

#[test]
fn a_key_file_is_never_overwritten_and_only_its_owners() {
    let place = Place::new();
    SoftwareVault::create_file(&place.0, &mut SeededEntropy::new("file")).expect("made");
    let mode = fs::metadata(&place.0).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(&place.0).expect("read");
    let again = SoftwareVault::create_file(&place.0, &mut SeededEntropy::new("other"));
    assert!(matches!(again, Err(OpenError::File { .. })));
    assert_eq!(fs::read(&place.0).expect("read"), before);
}

#[test]
fn a_key_file_that_is_none_is_refused() {
    assert!(matches!(Place::new().open(), Err(OpenError::File { .. })));
    for text in ["", "not base64url!", "AAAA", &"A".repeat(5000)] {
        let refused = Place::holding(text).open().expect_err("refused");
        assert!(matches!(refused, OpenError::KeyForm(_)), "{refused:?}");
    }
    let place = Place::holding(&base64url::encode(&[1; 32]));
    place.open().expect("opens");
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o640)).expect("changed");
    assert!(matches!(place.open(), Err(OpenError::FileMode(_))));
}

#[test]
fn debug_shows_no_key() {
    let vault = SoftwareVault::of_key(&[7; 32], Operation::Development, entropy()).expect("opens");
    let made = vault.generate(&PLACE).expect("a key is made");
    assert_eq!(format!("{vault:?}"), "SoftwareVault([redacted])");
    assert!(format!("{:?}", made.wrapped).starts_with("WrappedKey("));
    assert!(format!("{:?}", made.wrapped).len() < 30);
}

#[test]
fn nothing_and_too_much_are_no_wrapped_keys() {
    for length in [0, 1025] {
        assert_eq!(WrappedKey::from_bytes(vec![1; length]), Err(VaultError::Form));
    }
    assert!(WrappedKey::from_bytes(vec![1; 1024]).is_ok());
}
