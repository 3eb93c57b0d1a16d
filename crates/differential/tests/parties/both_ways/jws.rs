//! Signed messages, in every algorithm that is spoken.

use jsonwebtoken::Header;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer};
use serde_json::{Map, Value, json};

use crate::crates_io::{algorithm, encoding_key, jsonwebtoken};
use crate::program::PYTHON;
use crate::world::{LIMITS, key_of};

fn payload() -> Value {
    json!({ "sub": "山田", "nested": { "list": [1, null, 2.5, true] } })
}

fn ours(with: Algorithm) -> String {
    let header = Map::from_iter([("typ".to_owned(), "JWT".into())]);
    jws::sign(header, payload().to_string().as_bytes(), &key_of(with)).expect("the key signs")
}

#[track_caller]
fn we_read(token: &str, with: Algorithm) {
    let read = jws::parse(token, &LIMITS).expect("a compact JWS");
    assert_eq!(read.header().alg(), with);
    read.verify(key_of(with).public_key()).expect("its signature");
    assert_eq!(read.payload_json(&LIMITS), Ok(payload()));
}

#[track_caller]
fn jsonwebtoken_both_ways(with: Algorithm) {
    let key = key_of(with);
    let read = jsonwebtoken(&ours(with), key.public_key());
    assert_eq!(read.map(Value::Object), Ok(payload()));
    let theirs = jsonwebtoken::encode(&Header::new(algorithm(with)), &payload(), &encoding_key(&key));
    we_read(&theirs.expect("jsonwebtoken signs"), with);
}

#[track_caller]
fn jwcrypto_both_ways(with: Algorithm) {
    let key = key_of(with).to_private_jwk();
    let read = PYTHON.must(json!({ "do": "read-jws", "token": ours(with), "key": key }));
    assert_eq!(read, payload());
    let make = json!({ "do": "make-jws", "alg": with.as_jose(), "payload": payload(), "key": key });
    we_read(&PYTHON.text(make), with);
}

#[test]
fn jsonwebtoken_es256() {
    jsonwebtoken_both_ways(Algorithm::Es256);
}

#[test]
fn jsonwebtoken_es384() {
    jsonwebtoken_both_ways(Algorithm::Es384);
}

#[test]
fn jsonwebtoken_eddsa() {
    jsonwebtoken_both_ways(Algorithm::EdDsa);
}

#[test]
fn jwcrypto_es256() {
    jwcrypto_both_ways(Algorithm::Es256);
}

#[test]
fn jwcrypto_es384() {
    jwcrypto_both_ways(Algorithm::Es384);
}

#[test]
fn jwcrypto_eddsa() {
    jwcrypto_both_ways(Algorithm::EdDsa);
}
