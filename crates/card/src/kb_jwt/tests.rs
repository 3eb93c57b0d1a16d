use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws::{self, JwsError};
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{Binding, KeyBinding, KeyBindingError, TYP, create};
use crate::sd_jwt::{SdJwt, conceal};

const BINDING: Binding<'_> = Binding { audience: "x509_hash:abc", nonce: "n-123", now: Timestamp(1_800_000_000) };

fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

fn shown() -> SdJwt {
    let concealed = conceal(Map::new(), &mut SeededEntropy::new("salts")).expect("no reserved name");
    let payload = Value::Object(concealed.payload).to_string();
    let signed = jws::sign(Map::new(), payload.as_bytes(), &key("issuer")).expect("signs");
    SdJwt::assemble(signed, concealed.disclosures).expect("a token")
}

fn forged(typ: &str, change: impl FnOnce(&mut Value)) -> Result<KeyBinding, KeyBindingError> {
    let mut payload = json!({ "iat": 1, "aud": "a", "nonce": "n", "sd_hash": "h" });
    change(&mut payload);
    let mut header = Map::new();
    header.insert("typ".into(), typ.into());
    KeyBinding::parse(&jws::sign(header, payload.to_string().as_bytes(), &key("holder")).expect("signs"))
}

#[test]
fn a_proof_says_what_it_binds() {
    let shown = shown();
    let proof = KeyBinding::parse(&create(&shown, &BINDING, &key("holder")).expect("signs")).expect("reads");
    assert_eq!(proof.audience, BINDING.audience);
    assert_eq!(proof.nonce, BINDING.nonce);
    assert_eq!(proof.issued_at, BINDING.now);
    assert_eq!(proof.sd_hash, shown.sd_hash());
    assert_eq!(proof.verify(key("holder").public_key()), Ok(()));
}

#[test]
fn another_key_did_not_sign() {
    let proof = KeyBinding::parse(&create(&shown(), &BINDING, &key("holder")).expect("signs")).expect("reads");
    assert_eq!(proof.verify(key("thief").public_key()), Err(JwsError::Signature));
}

#[test]
fn another_type_is_refused() {
    for typ in ["JWT", "KB+JWT", "dc+sd-jwt"] {
        assert_eq!(forged(typ, |_| {}).map(|_| ()), Err(KeyBindingError::WrongType));
    }
}

#[test]
fn each_missing_member_is_named() {
    for name in ["iat", "aud", "nonce", "sd_hash"] {
        let refused = forged(TYP, |payload| {
            payload.as_object_mut().expect("an object").remove(name);
        });
        assert_eq!(refused.map(|_| ()), Err(KeyBindingError::Member(name)));
    }
}

#[test]
fn an_audience_of_several_is_refused() {
    assert_eq!(
        forged(TYP, |payload| payload["aud"] = json!(["a", "b"])).map(|_| ()),
        Err(KeyBindingError::Member("aud"))
    );
}
