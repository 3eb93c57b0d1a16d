use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use mibun_crypto::entropy::SeededEntropy;

use super::*;

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mibun-wallet-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("wallet.json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn entropy() -> SeededEntropy {
    SeededEntropy::new("a wallet's store")
}

fn key(byte: u8) -> Unlock {
    Unlock::Key(SealingKey::from_bytes(&[byte; 32]))
}

fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Secret::new(text))
}

fn card(id: &str, copies: usize) -> StoredCard {
    let copy = |at: usize| CardCopy {
        card: Secret::new(format!("Tanaka Hanako, copy {at}")),
        key: CopyKey::Here(Secret::new(format!("private key {at}"))),
    };
    StoredCard {
        id: id.to_owned(),
        issuer: "https://id.example".to_owned(),
        issuer_name: None,
        format: CardFormat::SdJwtVc,
        card_type: "urn:example:card".to_owned(),
        name: None,
        collected_at: Timestamp(1),
        copies: (0..copies).map(copy).collect(),
        used: 0,
        renewal: None,
    }
}

/// A store in `folder` with one card, closed again.
fn filled(folder: &Folder, unlock: &Unlock) {
    let mut store = Store::open(&folder.file(), unlock, &mut entropy()).expect("a new store");
    store.add(card("one", 2), &mut entropy()).expect("the card is kept");
}

#[test]
fn what_is_kept_is_there_again() {
    let folder = Folder::new("again");
    filled(&folder, &key(1));
    let store = Store::open(&folder.file(), &key(1), &mut entropy()).expect("the same store");
    assert_eq!(store.cards(), [card("one", 2)]);
}

#[test]
fn a_passphrase_opens_what_it_closed() {
    let folder = Folder::new("passphrase");
    filled(&folder, &passphrase("correct horse"));
    let store = Store::open(&folder.file(), &passphrase("correct horse"), &mut entropy()).expect("the same store");
    assert_eq!(store.cards().len(), 1);
}

#[test]
fn another_passphrase_is_refused() {
    let folder = Folder::new("other-passphrase");
    filled(&folder, &passphrase("correct horse"));
    let refused = Store::open(&folder.file(), &passphrase("correct house"), &mut entropy()).expect_err("refused");
    assert!(matches!(refused, StoreError::Locked(_)));
}

#[test]
fn another_key_is_refused() {
    let folder = Folder::new("other-key");
    filled(&folder, &key(1));
    let refused = Store::open(&folder.file(), &key(2), &mut entropy()).expect_err("refused");
    assert!(matches!(refused, StoreError::Locked(_)));
}

#[test]
fn a_key_does_not_open_what_a_passphrase_closed() {
    let folder = Folder::new("other-unlock");
    filled(&folder, &passphrase("correct horse"));
    let refused = Store::open(&folder.file(), &key(1), &mut entropy()).expect_err("refused");
    assert!(matches!(refused, StoreError::OtherUnlock));
}

#[test]
fn a_changed_file_is_refused() {
    let folder = Folder::new("changed");
    filled(&folder, &key(1));
    let text = fs::read_to_string(folder.file()).expect("the file");
    let at = text.rfind("\"sealed\":\"").expect("the sealed part") + 60;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    fs::write(folder.file(), format!("{}{other}{}", &text[..at], &text[at + 1..])).expect("the file is changed");
    let refused = Store::open(&folder.file(), &key(1), &mut entropy()).expect_err("refused");
    assert!(matches!(refused, StoreError::Locked(_)));
}

#[test]
fn a_file_of_another_version_is_refused_and_kept() {
    let folder = Folder::new("version");
    filled(&folder, &key(1));
    let text = fs::read_to_string(folder.file()).expect("the file").replace("\"format\":1", "\"format\":2");
    fs::write(folder.file(), &text).expect("the file is changed");
    let refused = Store::open(&folder.file(), &key(1), &mut entropy()).expect_err("refused");
    assert!(matches!(refused, StoreError::Form));
    assert_eq!(fs::read_to_string(folder.file()).expect("the file"), text);
}

#[test]
fn a_file_cut_short_is_refused() {
    let folder = Folder::new("short");
    filled(&folder, &key(1));
    let text = fs::read_to_string(folder.file()).expect("the file");
    fs::write(folder.file(), &text[..text.len() / 2]).expect("the file is changed");
    assert!(matches!(Store::open(&folder.file(), &key(1), &mut entropy()), Err(StoreError::Form)));
}

#[test]
fn nothing_personal_and_no_key_can_be_read_in_the_file() {
    let folder = Folder::new("sealed");
    filled(&folder, &key(1));
    let text = fs::read_to_string(folder.file()).expect("the file");
    for secret in ["Tanaka", "private", "id.example", "urn:example"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn only_the_owner_may_read_the_files() {
    let folder = Folder::new("mode");
    filled(&folder, &key(1));
    read_or_make_key(&folder.0.join("wallet.key"), &mut entropy()).expect("a new key");
    for name in ["wallet.json", "wallet.json.lock", "wallet.key"] {
        let mode = fs::metadata(folder.0.join(name)).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn two_processes_do_not_share_a_store() {
    let folder = Folder::new("lock");
    let first = Store::open(&folder.file(), &key(1), &mut entropy()).expect("a new store");
    let second = Store::open(&folder.file(), &key(1), &mut entropy());
    assert!(matches!(second, Err(StoreError::InUse)));
    drop(first);
    Store::open(&folder.file(), &key(1), &mut entropy()).expect("the store is free again");
}

#[test]
fn a_taken_copy_is_gone_for_good() {
    let folder = Folder::new("taken");
    filled(&folder, &key(1));
    let mut store = Store::open(&folder.file(), &key(1), &mut entropy()).expect("the same store");
    let copy = store.take_copy("one", &mut entropy()).expect("the store is written").expect("a copy is left");
    drop(store);
    let store = Store::open(&folder.file(), &key(1), &mut entropy()).expect("the same store");
    assert!(!store.cards()[0].copies.contains(&copy));
    assert_eq!((store.cards()[0].copies.len(), store.cards()[0].used), (1, 1));
}

#[test]
fn no_copy_is_taken_twice_and_the_last_one_ends_it() {
    let mut store = Store::in_memory();
    store.add(card("one", 2), &mut entropy()).expect("the card is kept");
    let mut take = || store.take_copy("one", &mut entropy()).expect("memory does not fail");
    let (first, second, third) = (take(), take(), take());
    assert!(first.is_some() && second.is_some() && first != second);
    assert_eq!(third, None);
    assert_eq!(store.cards()[0].used, 2);
}

#[test]
fn a_change_that_cannot_be_written_is_taken_back() {
    let folder = Folder::new("unwritable");
    let mut store = Store::open(&folder.file(), &key(1), &mut entropy()).expect("a new store");
    fs::remove_dir_all(&folder.0).expect("the folder is taken away");
    assert!(matches!(store.add(card("one", 1), &mut entropy()), Err(StoreError::File(_))));
    assert_eq!(store.cards(), []);
}

#[test]
fn a_crash_before_the_new_file_has_its_name_changes_nothing() {
    let folder = Folder::new("crash");
    filled(&folder, &key(1));
    fs::write(folder.0.join("wallet.json.new"), "half a file").expect("what a crash leaves");
    let store = Store::open(&folder.file(), &key(1), &mut entropy()).expect("the old store");
    assert_eq!(store.cards().len(), 1);
}

#[test]
fn a_key_file_keeps_its_key() {
    let folder = Folder::new("key-file");
    let path = folder.0.join("wallet.key");
    let key = read_or_make_key(&path, &mut SeededEntropy::new("first")).expect("a new key");
    let again = read_or_make_key(&path, &mut SeededEntropy::new("second")).expect("the same key");
    assert_eq!(key.expose(), again.expose());
}

#[test]
fn a_key_file_with_something_else_is_refused() {
    let folder = Folder::new("no-key");
    let path = folder.0.join("wallet.key");
    for content in ["", "AAAA", "not base64url!"] {
        fs::write(&path, content).expect("the file is written");
        assert!(matches!(read_or_make_key(&path, &mut entropy()), Err(StoreError::KeyFile)), "{content}");
    }
}

#[test]
fn a_deleted_card_leaves_nothing_behind() {
    let mut store = Store::in_memory();
    store.add(card("one", 1), &mut entropy()).expect("the card is kept");
    let deleted = store.delete("one", &mut entropy()).expect("memory does not fail");
    assert_eq!(deleted.expect("it was there").id, "one");
    assert_eq!(store.delete("one", &mut entropy()).expect("memory does not fail"), None);
}

#[test]
fn a_stored_card_prints_neither_card_nor_key() {
    let printed = format!("{:?}", card("one", 1));
    assert!(!printed.contains("Tanaka") && !printed.contains("private"), "{printed}");
}

#[test]
fn every_event_is_there_again() {
    let folder = Folder::new("events");
    let events = [
        Event::Collected { issuer: "https://id.example".to_owned(), copies: 10 },
        Event::Presented {
            organisation: "Hotel".to_owned(),
            purpose: None,
            fields: vec!["family_name".to_owned()],
            taken: true,
        },
        Event::Declined { organisation: None, reason: "untrusted".to_owned() },
        Event::Deleted { issuer: "https://id.example".to_owned() },
    ];
    let entries = events.map(|event| Entry { at: Timestamp(7), event });
    let mut store = Store::open(&folder.file(), &key(1), &mut entropy()).expect("a new store");
    for entry in &entries {
        store.record(entry.clone(), &mut entropy()).expect("a file that can be written");
    }
    drop(store);
    let again = Store::open(&folder.file(), &key(1), &mut entropy()).expect("the store that was written");
    assert_eq!(again.history(), entries);
}
