//! Keys of type `AKP` (RFC 9964), which have an algorithm and no curve.

use super::*;

fn post_quantum() -> SoftwareKey {
    key(Algorithm::MlDsa65)
}

fn jwk_with(name: &str, value: Value) -> Option<PublicKeyError> {
    let mut jwk = post_quantum().public_key().to_jwk().to_value();
    jwk[name] = value;
    public(&jwk).err()
}

#[test]
fn the_members_are_those_of_the_standard() {
    let key = post_quantum();
    let public = json!(base64url::encode(key.public_key().as_bytes()));
    let jwk = key.public_key().to_jwk().to_value();
    assert_eq!(jwk, json!({ "kty": "AKP", "alg": "ML-DSA-65", "pub": public }));
    let private = key.to_private_jwk();
    assert_eq!(base64url::decode(private["priv"].as_str().expect("text")).map(|seed| seed.len()), Ok(32));
    assert_eq!(private.get("d"), None);
}

#[test]
fn the_thumbprint_is_over_algorithm_type_and_key() {
    let key = post_quantum();
    let mut jwk = key.public_key().to_jwk();
    let canonical = jwk.to_value().to_string();
    assert_eq!(key.public_key().thumbprint(), crate::digest::sha256(canonical.as_bytes()));
    jwk.kid = Some("a".to_owned());
    assert_eq!(PublicKey::from_jwk(&jwk).expect("the same key").thumbprint(), key.public_key().thumbprint());
}

#[test]
fn a_key_that_does_not_say_its_algorithm_is_refused() {
    let mut jwk = post_quantum().public_key().to_jwk();
    jwk.alg = None;
    assert_eq!(PublicKey::from_jwk(&jwk).err(), Some(PublicKeyError::Unsupported));
}

#[test]
fn other_algorithms_of_the_family_are_refused() {
    for name in ["ML-DSA-44", "ML-DSA-87", "ml-dsa-65", "SLH-DSA-SHA2-128s", "ES256"] {
        assert_eq!(jwk_with("alg", json!(name)), Some(PublicKeyError::Unsupported), "{name}");
    }
}

#[test]
fn a_key_of_another_length_is_refused() {
    for length in [0, 32, 1312, 1951, 1953, 2592] {
        let other = json!(base64url::encode(&vec![1; length]));
        assert_eq!(jwk_with("pub", other), Some(PublicKeyError::Coordinate), "{length} bytes");
    }
    assert_eq!(jwk_with("pub", json!("!")), Some(PublicKeyError::Coordinate));
}

#[test]
fn a_key_for_something_else_is_refused() {
    assert_eq!(jwk_with("use", json!("enc")), Some(PublicKeyError::WrongUse));
    assert_eq!(jwk_with("key_ops", json!(["deriveKey"])), Some(PublicKeyError::WrongUse));
    assert_eq!(jwk_with("kty", json!("OKP")), Some(PublicKeyError::Unsupported));
}

#[test]
fn a_key_on_a_curve_cannot_claim_the_algorithm() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let mut jwk = key(algorithm).public_key().to_jwk();
        jwk.alg = Some("ML-DSA-65".to_owned());
        assert_eq!(PublicKey::from_jwk(&jwk).err(), Some(PublicKeyError::WrongUse), "{algorithm}");
    }
}

#[test]
fn a_seed_that_is_given_away_is_noticed() {
    assert_eq!(Jwk::from_value(&post_quantum().to_private_jwk()), Err(JwkError::PrivateMember));
}

#[test]
fn broken_seeds_are_refused() {
    let with = |value: Value| {
        let mut jwk = post_quantum().to_private_jwk();
        jwk["priv"] = value;
        SoftwareKey::from_jwk(&jwk).err()
    };
    assert_eq!(with(json!(base64url::encode(&[7; 32]))), Some(PrivateKeyError::Inconsistent));
    // The expanded key of FIPS 204 is longer; RFC 9964 has the seed alone.
    for length in [0, 31, 33, 64, 4032] {
        assert_eq!(with(json!(base64url::encode(&vec![7; length]))), Some(PrivateKeyError::Scalar), "{length} bytes");
    }
    assert_eq!(with(json!(7)), Some(PrivateKeyError::Scalar));
    let der = post_quantum().to_pkcs8_der();
    assert_eq!(SoftwareKey::from_pkcs8_der(&der[..der.len() - 1]).err(), Some(PrivateKeyError::Unsupported));
    let longer = [&der[..], &[0]].concat();
    assert_eq!(SoftwareKey::from_pkcs8_der(&longer).err(), Some(PrivateKeyError::Unsupported));
}

#[test]
fn signatures_of_another_length_or_with_a_bit_turned_are_refused() {
    let key = post_quantum();
    let signature = key.sign(b"message").expect("signs");
    for length in [0, 64, 2420, 3308] {
        assert_eq!(key.public_key().verify(b"message", &signature[..length]), Err(BadSignature), "{length} bytes");
    }
    let longer = [signature.as_slice(), &[0]].concat();
    assert_eq!(key.public_key().verify(b"message", &longer), Err(BadSignature));
    for at in [0, 47, 48, 1000, 3247, 3248, 3308] {
        let mut turned = signature.clone();
        turned[at] ^= 1;
        assert_eq!(key.public_key().verify(b"message", &turned), Err(BadSignature), "byte {at}");
    }
}

#[test]
fn it_does_not_print_itself() {
    let key = post_quantum();
    assert_eq!(format!("{key:?}"), "SoftwareKey(ML-DSA-65, [redacted])");
    assert_eq!(format!("{:?}", key.public_key()), "PublicKey(ML-DSA-65)");
}
