use serde_json::{Value, json};

use super::*;
use crate::base64url;
use crate::entropy::{Entropy, SeededEntropy};

mod akp;

const ALL: [Algorithm; 4] = Algorithm::ALL;

fn key(algorithm: Algorithm) -> SoftwareKey {
    SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new("key"))
}

fn public(jwk: &Value) -> Result<PublicKey, PublicKeyError> {
    PublicKey::from_jwk(&Jwk::from_value(jwk).expect("a public JWK"))
}

#[test]
fn what_is_signed_verifies_and_nothing_else() {
    for algorithm in ALL {
        let key = key(algorithm);
        let signature = key.sign(b"message").expect("signs");
        assert_eq!(signature.len(), algorithm.signature_length());
        assert_eq!(key.public_key().verify(b"message", &signature), Ok(()));
        assert_eq!(key.public_key().verify(b"massage", &signature), Err(BadSignature));
        let other = SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new("other"));
        assert_eq!(other.public_key().verify(b"message", &signature), Err(BadSignature));
    }
}

#[test]
fn signatures_of_wrong_length_or_range_are_refused() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        let key = key(algorithm);
        let signature = key.sign(b"message").expect("signs");
        let length = signature.len();
        let zeros = vec![0; length];
        let ones = vec![0xff; length];
        let longer = [signature.as_slice(), &[0]].concat();
        let padded = [&[0][..], &signature[..length / 2], &[0], &signature[length / 2..]].concat();
        let zero_r = [&zeros[..length / 2], &signature[length / 2..]].concat();
        let zero_s = [&signature[..length / 2], &zeros[length / 2..]].concat();
        for bad in [&zeros, &ones, &longer, &padded, &zero_r, &zero_s, &signature[1..].to_vec(), &Vec::new()] {
            assert_eq!(key.public_key().verify(b"message", bad), Err(BadSignature), "{algorithm}: {} bytes", bad.len());
        }
    }
}

#[test]
fn the_same_entropy_gives_the_same_key() {
    for algorithm in ALL {
        assert_eq!(key(algorithm).public_key(), key(algorithm).public_key());
    }
    let mut entropy = SeededEntropy::new("stream");
    let (one, two) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
    assert_ne!(one.public_key(), two.public_key());
}

/// Gives numbers outside of the range of the curve before a good one.
struct Stubborn(usize);

impl Entropy for Stubborn {
    fn fill(&mut self, out: &mut [u8]) {
        out.fill([0x00, 0xff, 0x11][self.0.min(2)]);
        self.0 += 1;
    }
}

#[test]
fn a_number_outside_of_the_range_is_drawn_again() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        let mut entropy = Stubborn(0);
        let key = SoftwareKey::generate_for(algorithm, &mut entropy);
        assert_eq!(entropy.0, 3, "zero and all ones are no private keys");
        let drawn = base64url::encode(&vec![0x11; algorithm.coordinate_length()]);
        assert_eq!(key.to_private_jwk()["d"], json!(drawn));
    }
}

#[test]
fn every_encoding_leads_back_to_the_key() {
    for algorithm in ALL {
        let key = key(algorithm);
        let public = key.public_key();
        assert_eq!(PublicKey::from_jwk(&public.to_jwk()).as_ref(), Ok(public));
        assert_eq!(PublicKey::from_spki_der(&public.to_spki_der()).as_ref(), Ok(public));
        assert_eq!(Jwk::from_value(&public.to_jwk().to_value()), Ok(public.to_jwk()));
        let again = SoftwareKey::from_pkcs8_der(&key.to_pkcs8_der()).expect("our own PKCS#8");
        assert_eq!(again.public_key(), public);
        let again = SoftwareKey::from_jwk(&key.to_private_jwk()).expect("our own JWK");
        assert_eq!(again.public_key(), public);
    }
}

#[test]
fn broken_private_keys_are_refused() {
    let key = key(Algorithm::Es256);
    let der = key.to_pkcs8_der();
    assert_eq!(SoftwareKey::from_pkcs8_der(&der[..der.len() - 1]).err(), Some(PrivateKeyError::Unsupported));
    assert_eq!(SoftwareKey::from_pkcs8_der(b"").err(), Some(PrivateKeyError::Unsupported));
    let mut jwk = key.to_private_jwk();
    jwk["d"] = json!(base64url::encode(&[7; 32]));
    assert_eq!(SoftwareKey::from_jwk(&jwk).err(), Some(PrivateKeyError::Inconsistent));
    jwk["d"] = json!(base64url::encode(&[0xff; 32]));
    assert_eq!(SoftwareKey::from_jwk(&jwk).err(), Some(PrivateKeyError::Scalar));
    jwk["d"] = json!(base64url::encode(&[0; 32]));
    assert_eq!(SoftwareKey::from_jwk(&jwk).err(), Some(PrivateKeyError::Scalar));
    jwk["d"] = json!(base64url::encode(&[1; 31]));
    assert_eq!(SoftwareKey::from_jwk(&jwk).err(), Some(PrivateKeyError::Scalar));
    let public_only = key.public_key().to_jwk().to_value();
    assert_eq!(SoftwareKey::from_jwk(&public_only).err(), Some(PrivateKeyError::Scalar));
}

#[test]
fn a_public_key_that_gives_away_its_private_half_is_refused() {
    let jwk = key(Algorithm::Es256).to_private_jwk();
    assert_eq!(Jwk::from_value(&jwk), Err(JwkError::PrivateMember));
    assert!(serde_json::from_value::<Jwk>(jwk).is_err());
    assert_eq!(Jwk::from_value(&json!({"kty": "oct", "k": "AA"})), Err(JwkError::PrivateMember));
    assert_eq!(Jwk::from_value(&json!({"kty": "EC", "x": 1})), Err(JwkError::NotText("x")));
    assert_eq!(Jwk::from_value(&json!({"kty": "EC", "key_ops": "verify"})), Err(JwkError::NotText("key_ops")));
    assert_eq!(Jwk::from_value(&json!({"crv": "P-256"})), Err(JwkError::MissingKeyType));
    assert_eq!(Jwk::from_value(&json!("EC")), Err(JwkError::NotAnObject));
}

#[test]
fn public_keys_that_are_not_for_our_signatures_are_refused() {
    let good = key(Algorithm::Es256).public_key().to_jwk().to_value();
    let with = |name: &str, value: Value| {
        let mut jwk = good.clone();
        jwk[name] = value;
        public(&jwk).err()
    };
    let short = json!(base64url::encode(&[1; 31]));
    let long = json!(base64url::encode(&[0; 33]));
    assert_eq!(with("alg", json!("ES256")), None);
    assert_eq!(with("use", json!("sig")), None);
    assert_eq!(with("key_ops", json!(["verify"])), None);
    assert_eq!(with("kty", json!("RSA")), Some(PublicKeyError::Unsupported));
    assert_eq!(with("kty", json!("OKP")), Some(PublicKeyError::Unsupported));
    assert_eq!(with("crv", json!("P-521")), Some(PublicKeyError::Unsupported));
    assert_eq!(with("crv", json!("P-384")), Some(PublicKeyError::Coordinate));
    assert_eq!(with("x", short), Some(PublicKeyError::Coordinate));
    assert_eq!(with("y", long), Some(PublicKeyError::Coordinate));
    assert_eq!(with("x", json!("!")), Some(PublicKeyError::Coordinate));
    assert_eq!(with("y", json!(base64url::encode(&[1; 32]))), Some(PublicKeyError::NotOnCurve));
    assert_eq!(with("alg", json!("ES384")), Some(PublicKeyError::WrongUse));
    assert_eq!(with("alg", json!("HS256")), Some(PublicKeyError::WrongUse));
    assert_eq!(with("use", json!("enc")), Some(PublicKeyError::WrongUse));
    assert_eq!(with("key_ops", json!(["deriveBits"])), Some(PublicKeyError::WrongUse));
    assert_eq!(with("key_ops", json!([])), Some(PublicKeyError::WrongUse));
}

#[test]
fn a_compressed_point_is_not_taken_for_a_key() {
    let mut spki = key(Algorithm::Es256).public_key().to_spki_der();
    spki.truncate(spki.len() - 32);
    assert_eq!(PublicKey::from_spki_der(&spki).err(), Some(PublicKeyError::Unsupported));
    assert_eq!(PublicKey::from_spki_der(b"").err(), Some(PublicKeyError::Unsupported));
}

#[test]
fn the_thumbprint_of_rfc_8037_appendix_a_3() {
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let thumbprint = public(&jwk).expect("the published key").thumbprint();
    assert_eq!(base64url::encode(&thumbprint), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn the_thumbprint_of_openid4vp_appendix_b_2_6() {
    let jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": "DxiH5Q4Yx3UrukE2lWCErq8N8bqC9CHLLrAwLz5BmE0", "y": "XtLM4-3h5o3HUH0MHVJV0kyq0iBlrBwlh8qEDMZ4-Pc",
    });
    let published = "4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047";
    let thumbprint = public(&jwk).expect("the published key").thumbprint();
    assert_eq!(thumbprint.as_slice(), mibun_vectors::from_hex(published).expect("hex"));
}

#[test]
fn the_thumbprint_ignores_everything_but_the_key() {
    let key = key(Algorithm::Es256);
    let mut jwk = key.public_key().to_jwk();
    jwk.kid = Some("a".to_owned());
    jwk.alg = Some("ES256".to_owned());
    let again = PublicKey::from_jwk(&jwk).expect("the same key");
    assert_eq!(again.thumbprint(), key.public_key().thumbprint());
    // RFC 7638 section 3: required members in lexicographic order, no white space.
    let canonical = jwk.to_value();
    let canonical = json!({"crv": canonical["crv"], "kty": "EC", "x": canonical["x"], "y": canonical["y"]});
    assert_eq!(key.public_key().thumbprint(), crate::digest::sha256(canonical.to_string().as_bytes()));
}

#[test]
fn keys_do_not_print_themselves() {
    let key = key(Algorithm::Es256);
    assert_eq!(format!("{key:?}"), "SoftwareKey(P-256, [redacted])");
    assert_eq!(format!("{:?}", key.public_key()), "PublicKey(P-256)");
}

#[test]
fn only_our_algorithms_have_names() {
    for algorithm in ALL {
        assert_eq!(Algorithm::from_jose(algorithm.as_jose()), Ok(algorithm));
    }
    for name in ["none", "None", "HS256", "RS256", "PS256", "ES512", "ES256K", "es256", ""] {
        assert_eq!(Algorithm::from_jose(name), Err(UnknownAlgorithm), "{name}");
    }
}
