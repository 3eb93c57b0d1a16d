//! ML-DSA-65 against published vectors, one named test per vector: those of Project Wycheproof, and the example of RFC 9964.

mod rfc9964;

use std::process::ExitCode;

use mibun_crypto::base64url;
use mibun_crypto::key::{Jwk, PublicKey, Signer, SoftwareKey};
use mibun_vectors::{Check, Test, run};
use serde_json::{Value, json};
use wycheproof::{TestResult, mldsa_sign, mldsa_verify};

fn main() -> ExitCode {
    let tests = [verification(), signing(), rfc9964::tests()];
    run(tests.into_iter().flatten().collect())
}

/// A public key as RFC 9964 writes it.
fn jwk(public: &[u8]) -> Value {
    json!({ "kty": "AKP", "alg": "ML-DSA-65", "pub": base64url::encode(public) })
}

fn public_key(public: &[u8]) -> Result<PublicKey, String> {
    let jwk = Jwk::from_value(&jwk(public)).map_err(|error| error.to_string())?;
    PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())
}

/// JOSE and COSE have no context (RFC 9964 section 4), so a signature under one is good for nothing here.
fn is_spoken(context: Option<&[u8]>) -> bool {
    context.is_none_or(<[u8]>::is_empty)
}

fn verdict(expected: bool, found: bool, comment: &str) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("accepted: {found}, to be accepted: {expected}: {comment}")) }
}

fn verification() -> Vec<Test> {
    let set = mldsa_verify::TestSet::load(mldsa_verify::TestName::MlDsa65Verify).expect("the vectors of the package");
    let vectors = set.test_groups.into_iter().flat_map(|group| {
        let (public, spki) = (group.pubkey, group.der);
        group.tests.into_iter().map(move |test| (public.clone(), spki.clone(), test))
    });
    vectors
        .map(|(public, spki, test)| {
            let name = format!("mldsa_65_verify::tc{}", test.tc_id);
            let check: Check = Box::new(move || verifies(&public, &spki, &test));
            (name, check)
        })
        .collect()
}

fn verifies(public: &[u8], spki: &[u8], test: &mldsa_verify::Test) -> Result<(), String> {
    let key = public_key(public);
    if let (Ok(key), Ok(same)) = (&key, PublicKey::from_spki_der(spki))
        && (*key != same || key.to_spki_der() != spki)
    {
        return Err("the JWK and the SubjectPublicKeyInfo are two keys".to_owned());
    }
    if key.is_ok() != PublicKey::from_spki_der(spki).is_ok() {
        return Err("one form of the key is read and the other is not".to_owned());
    }
    let context = test.ctx.as_ref().map(|context| context.as_slice());
    let expected = test.result == TestResult::Valid && is_spoken(context);
    verdict(expected, key.is_ok_and(|key| key.verify(&test.msg, &test.sig).is_ok()), &test.comment)
}

fn signing() -> Vec<Test> {
    let set = mldsa_sign::TestSet::load(mldsa_sign::TestName::MlDsa65SignSeed).expect("the vectors of the package");
    let vectors = set.test_groups.into_iter().flat_map(|group| {
        let parts = [group.privseed, group.pubkey, group.privkey_pkcs8];
        let [seed, public, pkcs8] = parts.map(|part| part.map(|part| part.to_vec()).unwrap_or_default());
        group
            .tests
            .into_iter()
            .map(move |test| (Key { seed: seed.clone(), public: public.clone(), pkcs8: pkcs8.clone() }, test))
    });
    vectors
        .map(|(key, test)| {
            let name = format!("mldsa_65_sign_seed::tc{}", test.tc_id);
            let check: Check = Box::new(move || signs(&key, &test));
            (name, check)
        })
        .collect()
}

/// A published private key; what a vector lacks is empty.
struct Key {
    seed: Vec<u8>,
    public: Vec<u8>,
    pkcs8: Vec<u8>,
}

impl Key {
    fn read(&self) -> Result<SoftwareKey, String> {
        let mut jwk = jwk(&self.public);
        jwk["priv"] = base64url::encode(&self.seed).into();
        SoftwareKey::from_jwk(&jwk).map_err(|error| error.to_string())
    }
}

/// The seed gives the published key, in every encoding. Signing is randomised here, as FIPS 204 recommends, so the published
/// signature is verified instead of being made again.
fn signs(key: &Key, test: &mldsa_sign::Test) -> Result<(), String> {
    let spoken = is_spoken(test.ctx.as_ref().map(|context| context.as_slice()));
    if test.result != TestResult::Valid && spoken {
        return verdict(false, key.read().is_ok(), &test.comment);
    }
    let own = key.read()?;
    if !key.pkcs8.is_empty() {
        let again = SoftwareKey::from_pkcs8_der(&key.pkcs8).map_err(|error| error.to_string())?;
        if again.public_key() != own.public_key() || *own.to_pkcs8_der() != key.pkcs8 {
            return Err("the seed and the PKCS#8 are two keys".to_owned());
        }
    }
    // Vectors of the inner function have the digest of a message and no message.
    let message = test.msg.as_ref().map(|message| message.to_vec());
    if let Some(message) = &message {
        verdict(spoken, own.public_key().verify(message, &test.sig).is_ok(), &test.comment)?;
    }
    let message = message.unwrap_or_default();
    let signature = own.sign(&message).map_err(|error| error.to_string())?;
    verdict(true, own.public_key().verify(&message, &signature).is_ok(), "our own signature")
}
