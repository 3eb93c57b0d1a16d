//! Encrypted messages, under both content encryptions.

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jwe::{self, Enc, PartyInfo};
use serde_json::json;

use crate::program::PYTHON;
use crate::world::{LIMITS, world};

const PAYLOAD: &str = r#"{"vp_token":{"card":["..."]},"name":"山田"}"#;
const PARTY: PartyInfo<'_> = PartyInfo { apu: Some(b"wallet"), apv: Some(b"nonce") };

#[track_caller]
fn ours_is_read_by_jwcrypto(enc: Enc) {
    let recipient = world().receiver.public_jwk("1");
    let mut entropy = SeededEntropy::new("envelope");
    let token = jwe::encrypt(PAYLOAD.as_bytes(), &recipient, enc, PARTY, &mut entropy).expect("a key of ours");
    let read = PYTHON.text(json!({ "do": "read-jwe", "token": token, "key": world().receiver.to_jwk() }));
    assert_eq!(read, PAYLOAD);
}

#[track_caller]
fn jwcryptos_is_read_by_us(enc: Enc) {
    let token = PYTHON.text(json!({
        "do": "make-jwe",
        "enc": enc.as_jose(),
        "apu": base64url::encode(b"wallet"),
        "apv": base64url::encode(b"nonce"),
        "payload": PAYLOAD,
        "key": world().receiver.to_jwk(),
    }));
    let opened = jwe::decrypt(&token, &world().receiver, &[enc], &LIMITS).expect("it is for us");
    assert_eq!(opened.payload.as_slice(), PAYLOAD.as_bytes());
    assert_eq!((opened.header.apu(), opened.header.apv()), (&b"wallet"[..], &b"nonce"[..]));
}

#[test]
fn ours_with_a128gcm_is_read_by_jwcrypto() {
    ours_is_read_by_jwcrypto(Enc::A128Gcm);
}

#[test]
fn ours_with_a256gcm_is_read_by_jwcrypto() {
    ours_is_read_by_jwcrypto(Enc::A256Gcm);
}

#[test]
fn jwcryptos_with_a128gcm_is_read_by_us() {
    jwcryptos_is_read_by_us(Enc::A128Gcm);
}

#[test]
fn jwcryptos_with_a256gcm_is_read_by_us() {
    jwcryptos_is_read_by_us(Enc::A256Gcm);
}
