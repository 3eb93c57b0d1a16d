//! Statements of wallet providers, registrars and list operators. What lies behind a signature is reached by signing the
//! input first.

use std::sync::LazyLock;

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::{self, Limits};
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AuthoritySpec, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_trust::attestation::{Attesters, Profile, client, key};
use mibun_trust::{list, registration};
use serde_json::{Map, Value};

const NOW: Timestamp = Timestamp(1_800_000_000);
const SERVER: &str = "https://a.example";

/// A provider of wallets, an instance of its wallet, and what the provider says about it.
struct Provider {
    key: SoftwareKey,
    x5c: Vec<Vec<u8>>,
    attesters: Attesters,
    instance: SoftwareKey,
    attestation: String,
}

static PROVIDER: LazyLock<Provider> = LazyLock::new(|| {
    let mut entropy = SeededEntropy::new("fuzz");
    let [root_key, key, instance] = std::array::from_fn(|_| SoftwareKey::generate(&mut entropy));
    let validity = Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(1) };
    let subject = Subject { common_name: "a".to_owned(), organisation: None, country: None };
    let spec = AuthoritySpec { subject: subject.clone(), validity, path_length: None };
    let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
    let leaf = LeafSpec {
        subject: Subject { common_name: "b".to_owned(), ..subject },
        alternative_names: Vec::new(),
        purpose: Purpose::WalletProvider,
        validity,
        subject_key: key.public_key(),
    };
    let leaf = issue_leaf(&leaf, &root, &root_key, &mut entropy).expect("a leaf");
    let attestation = client::Attestation {
        profile: Profile::Haip10,
        issuer: SERVER,
        client_id: SERVER,
        key: instance.public_key(),
        issued_at: NOW,
        expires_at: NOW.plus_days(1),
        wallet_name: None,
        status: None,
    };
    let x5c = vec![leaf.der().to_vec()];
    let attestation = client::sign(&attestation, &x5c, &key).expect("a signature");
    Provider { key, x5c, attesters: Attesters::of_any_client(vec![root]), instance, attestation }
});

pub fn client_attestation(bytes: &[u8]) {
    let text = signed(client::TYP, &PROVIDER.x5c, bytes, &PROVIDER.key);
    let _ = client::verify(&text, "a.b.c", &expected());
    with_text(bytes, |text| drop(client::verify(text, text, &expected())));
}

pub fn attestation_pop(bytes: &[u8]) {
    let text = signed(client::POP_TYP, &[], bytes, &PROVIDER.instance);
    if let Ok(verified) = client::verify(&PROVIDER.attestation, &text, &expected()) {
        assert!(!verified.jti.is_empty() && verified.pop_fresh_until >= NOW, "nothing is spent for nothing");
    }
    with_text(bytes, |text| drop(client::verify(&PROVIDER.attestation, text, &expected())));
}

pub fn key_attestation(bytes: &[u8]) {
    let expected = key::Expected {
        anchors: PROVIDER.attesters.roots(),
        carried: key::Carried::AsProof,
        key_storage: &[],
        user_authentication: &[],
        now: NOW,
    };
    let text = signed(key::TYP, &PROVIDER.x5c, bytes, &PROVIDER.key);
    if let Ok(verified) = key::verify(&text, &expected) {
        assert!(!verified.keys.is_empty() && verified.nonce.is_some(), "a proof of something, and fresh");
    }
    with_text(bytes, |text| drop(key::verify(text, &expected)));
}

pub fn registration(bytes: &[u8]) {
    with_text(bytes, |text| drop(registration::verify(text, PROVIDER.attesters.roots(), NOW)));
    let Ok(payload) = json::parse(bytes, &Limits::default()) else { return };
    if let Ok(read) = registration::read(&payload) {
        assert!(registration::sign(&read, &PROVIDER.x5c, &PROVIDER.key).is_ok(), "what was read can be written");
    }
}

pub fn trust_list(bytes: &[u8]) {
    let expected = list::Expected {
        anchors: PROVIDER.attesters.roots(),
        kind: list::ListKind::PidProviders,
        last_sequence: None,
        now: NOW,
    };
    with_text(bytes, |text| drop(list::verify(text, &expected)));
    let Ok(payload) = json::parse(bytes, &Limits::default()) else { return };
    let Ok(read) = list::read(&payload) else { return };
    // Times are written with four digits of the year.
    if (2..9999).contains(&read.issued_at.date().year()) && read.next_update.date().year() < 9999 {
        assert_eq!(list::read(&list::to_value(&read)), Ok(read), "written and read again");
    }
}

fn expected() -> client::Expected<'static> {
    client::Expected { attesters: &PROVIDER.attesters, audience: SERVER, client_id: None, challenge: false, now: NOW }
}

fn signed(typ: &str, x5c: &[Vec<u8>], payload: &[u8], key: &SoftwareKey) -> String {
    let mut header = Map::new();
    header.insert("typ".to_owned(), typ.into());
    if !x5c.is_empty() {
        header.insert("x5c".to_owned(), x5c.iter().map(|der| base64url::encode_standard(der)).collect::<Value>());
    }
    jws::sign(header, payload, key).expect("a signature")
}

fn with_text(bytes: &[u8], read: impl FnOnce(&str)) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read(text);
    }
}
