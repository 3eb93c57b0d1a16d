use super::*;

#[test]
fn a_pin_is_not_shown() {
    let config = Pkcs11Config::new("/lib/module.so", "mibun", Pin::new("a-secret-pin").expect("a PIN"));
    assert!(!format!("{config:?}").contains("a-secret-pin"));
    assert_eq!(config.sessions.get(), 8);
}

#[test]
fn nothing_and_too_much_are_no_pins() {
    for text in ["", &"1".repeat(256)] {
        assert!(matches!(Pin::new(text), Err(OpenError::PinForm)));
    }
    assert!(Pin::new(&"1".repeat(255)).is_ok());
}

#[test]
fn a_pin_comes_from_a_file_or_the_environment() {
    let path = std::env::temp_dir().join(format!("mibun-vault-pin-{}", std::process::id()));
    secret_file::create(&path, "1234\n").expect("made");
    let pin = Pin::from_file(&path);
    std::fs::remove_file(&path).expect("removed");
    assert!(pin.is_ok(), "{pin:?}");
    assert!(matches!(Pin::from_file(&path), Err(OpenError::File { .. })));
    assert!(matches!(Pin::from_env("MIBUN_NO_SUCH_VARIABLE"), Err(OpenError::PinForm)));
}
