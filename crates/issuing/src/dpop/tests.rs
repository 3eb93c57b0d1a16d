use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::SoftwareKey;
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp(1_790_000_000);
const URL: &str = "https://id.example/mibun/token";

struct Bench {
    key: SoftwareKey,
    nonces: NonceKey,
    entropy: SeededEntropy,
}

impl Bench {
    fn new() -> Self {
        let mut entropy = SeededEntropy::new("dpop");
        let (key, nonces) = (SoftwareKey::generate(&mut entropy), NonceKey::generate(&mut entropy));
        Self { key, nonces, entropy }
    }

    fn nonce(&mut self) -> String {
        self.nonces.issue(NOW, &mut self.entropy)
    }

    fn expected(&self) -> Expected<'_> {
        Expected { method: "POST", url: URL, token: None, nonces: &self.nonces, now: NOW }
    }

    /// A proof whose header and claims were changed before it was signed.
    fn changed(&mut self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let mut header = json!({ "typ": TYPE, "jwk": self.key.public_key().to_jwk().to_value() });
        let nonce = self.nonce();
        let mut claims = json!({ "jti": "one", "htm": "POST", "htu": URL, "iat": NOW.0, "nonce": nonce });
        change(&mut header, &mut claims);
        let header = header.as_object().expect("an object").clone();
        jws::sign(header, claims.to_string().as_bytes(), &self.key).expect("the key signs")
    }

    fn refusal(&mut self, change: impl FnOnce(&mut Value, &mut Value)) -> DpopError {
        let proof = self.changed(change);
        verify(&[&proof], &self.expected()).expect_err("it must be refused")
    }
}

#[test]
fn a_proof_of_ours_holds_and_names_its_key() {
    let mut bench = Bench::new();
    let (nonce, token) = (bench.nonce(), Secret::new("a.token"));
    let making = Making { method: "POST", url: URL, token: Some(&token), nonce: Some(&nonce), jti: "1", now: NOW };
    let proof = sign(&bench.key, &making).expect("the key signs");
    let proven = verify(&[&proof], &Expected { token: Some(&token), ..bench.expected() }).expect("it holds");
    assert_eq!(proven.key, Thumbprint::of(bench.key.public_key()));
    assert_eq!(proven.expires_at, NOW.plus_seconds(2 * MAX_AGE + 1));
}

#[test]
fn two_proofs_are_spent_apart_and_one_proof_together() {
    let mut bench = Bench::new();
    let [one, same, other] = ["1", "1", "2"].map(|jti| bench.changed(|_, claims| claims["jti"] = jti.into()));
    let replay = |proof: &str| verify(&[proof], &bench.expected()).expect("it holds").replay;
    assert_eq!(replay(&one), replay(&same));
    assert_ne!(replay(&one), replay(&other));
}

#[test]
fn no_proof_and_two_proofs_are_refused() {
    let mut bench = Bench::new();
    let proof = bench.changed(|_, _| {});
    assert_eq!(verify(&[], &bench.expected()), Err(DpopError::Missing));
    assert_eq!(verify(&[&proof, &proof], &bench.expected()), Err(DpopError::Several));
}

#[test]
fn what_is_no_jws_is_refused() {
    let bench = Bench::new();
    assert!(matches!(verify(&["e30"], &bench.expected()), Err(DpopError::Form(_))));
}

#[test]
fn another_typ_is_refused() {
    assert_eq!(Bench::new().refusal(|header, _| header["typ"] = "jwt".into()), DpopError::Type);
    assert_eq!(
        Bench::new().refusal(|header, _| _ = header.as_object_mut().expect("one").remove("typ")),
        DpopError::Type
    );
}

#[test]
fn alg_none_and_symmetric_algorithms_are_refused() {
    let mut bench = Bench::new();
    let proof = bench.changed(|_, _| {});
    let (_, rest) = proof.split_once('.').expect("a JWS");
    for alg in ["none", "HS256", "RS256"] {
        let header = json!({ "alg": alg, "typ": TYPE, "jwk": bench.key.public_key().to_jwk().to_value() });
        let proof = format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()));
        assert_eq!(verify(&[&proof], &bench.expected()), Err(DpopError::Algorithm), "{alg}");
    }
}

#[test]
fn a_missing_private_or_foreign_key_is_refused() {
    assert_eq!(
        Bench::new().refusal(|header, _| _ = header.as_object_mut().expect("one").remove("jwk")),
        DpopError::Key
    );
    let private = Bench::new().key.to_private_jwk();
    assert_eq!(Bench::new().refusal(|header, _| header["jwk"] = private), DpopError::Key);
    let other = SoftwareKey::generate(&mut SeededEntropy::new("another")).public_key().to_jwk().to_value();
    assert_eq!(Bench::new().refusal(|header, _| header["jwk"] = other), DpopError::Signature);
}

#[test]
fn a_changed_signature_is_refused() {
    let mut bench = Bench::new();
    let proof = bench.changed(|_, _| {});
    let (signed, signature) = proof.rsplit_once('.').expect("a JWS");
    let mut bytes = base64url::decode(signature).expect("base64url");
    bytes[10] ^= 1;
    let proof = format!("{signed}.{}", base64url::encode(&bytes));
    assert_eq!(verify(&[&proof], &bench.expected()), Err(DpopError::Signature));
}

#[test]
fn a_missing_empty_or_long_jti_is_refused() {
    for jti in [Value::Null, "".into(), 7.into(), "x".repeat(300).into()] {
        assert_eq!(Bench::new().refusal(|_, claims| claims["jti"] = jti), DpopError::Identifier);
    }
}

#[test]
fn another_method_is_refused() {
    for method in ["GET", "post", ""] {
        assert_eq!(Bench::new().refusal(|_, claims| claims["htm"] = method.into()), DpopError::Method);
    }
}

#[test]
fn another_address_is_refused() {
    for url in
        ["https://id.example/mibun/par", "https://id.example.org/mibun/token", "http://id.example/mibun/token", ""]
    {
        assert_eq!(Bench::new().refusal(|_, claims| claims["htu"] = url.into()), DpopError::Address, "{url}");
    }
}

#[test]
fn addresses_are_compared_normalised_and_without_query() {
    let mut bench = Bench::new();
    for url in [
        "HTTPS://ID.example:443/mibun/token",
        "https://id.example/mibun/x/../token",
        "https://id.example/mibun/token?a=b#c",
    ] {
        let proof = bench.changed(|_, claims| claims["htu"] = url.into());
        assert!(verify(&[&proof], &bench.expected()).is_ok(), "{url}");
    }
}

#[test]
fn ten_seconds_early_or_late_are_fine_and_more_than_a_minute_is_not() {
    let mut bench = Bench::new();
    for age in [-60, -10, 10, 60] {
        let proof = bench.changed(|_, claims| claims["iat"] = (NOW.0 - age).into());
        assert!(verify(&[&proof], &bench.expected()).is_ok(), "{age}");
    }
    assert_eq!(bench.refusal(|_, claims| claims["iat"] = (NOW.0 - 61).into()), DpopError::Old);
    assert_eq!(bench.refusal(|_, claims| claims["iat"] = (NOW.0 + 61).into()), DpopError::Future);
    assert_eq!(bench.refusal(|_, claims| claims["iat"] = Value::Null), DpopError::MissingTime);
}

#[test]
fn exp_and_nbf_are_kept_although_no_proof_needs_them() {
    let mut bench = Bench::new();
    let good = bench.changed(|_, claims| (claims["nbf"], claims["exp"]) = (NOW.0.into(), (NOW.0 + 30).into()));
    assert!(verify(&[&good], &bench.expected()).is_ok());
    assert_eq!(bench.refusal(|_, claims| claims["exp"] = (NOW.0 - 60).into()), DpopError::Old);
    assert_eq!(bench.refusal(|_, claims| claims["nbf"] = (NOW.0 + 61).into()), DpopError::Future);
}

#[test]
fn a_token_has_to_be_named_by_its_digest() {
    let mut bench = Bench::new();
    let token = Secret::new("a.token");
    for ath in [Value::Null, digest_of(&Secret::new("another")).into()] {
        let proof = bench.changed(|_, claims| claims["ath"] = ath);
        let expected = Expected { token: Some(&token), ..bench.expected() };
        assert_eq!(verify(&[&proof], &expected), Err(DpopError::Token));
    }
}

#[test]
fn a_missing_stale_or_foreign_nonce_asks_for_another() {
    let mut bench = Bench::new();
    let missing = bench.refusal(|_, claims| _ = claims.as_object_mut().expect("one").remove("nonce"));
    let stale = bench.nonces.issue(NOW.plus_seconds(-crate::nonce::LIFETIME), &mut bench.entropy);
    let stale = bench.refusal(|_, claims| claims["nonce"] = stale.into());
    let foreign = bench.refusal(|_, claims| claims["nonce"] = "foreign".into());
    for refusal in [missing, stale, foreign] {
        assert_eq!(refusal.code(), Code::UseDpopNonce, "{refusal}");
    }
}

#[test]
fn a_bad_proof_is_not_told_what_nonce_it_lacks() {
    let refusal = Bench::new().refusal(|_, claims| {
        claims.as_object_mut().expect("one").remove("nonce");
        claims["htm"] = "GET".into();
    });
    assert_eq!(refusal.code(), Code::InvalidDpopProof);
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let bench = Bench::new();
    let header = json!({ "typ": TYPE, "jwk": bench.key.public_key().to_jwk().to_value() });
    let proof = jws::sign(header.as_object().expect("one").clone(), b"[]", &bench.key).expect("signed");
    assert_eq!(verify(&[&proof], &bench.expected()), Err(DpopError::Payload));
}

proptest! {
    #[test]
    fn no_bit_of_a_proof_can_be_flipped(at in 0usize..400, bit in 0u8..6) {
        let mut bench = Bench::new();
        let mut proof = bench.changed(|_, _| {}).into_bytes();
        let at = at % proof.len();
        proof[at] ^= 1 << bit;
        let Ok(proof) = String::from_utf8(proof) else { return Ok(()) };
        prop_assert!(verify(&[&proof], &bench.expected()).is_err());
    }
}
