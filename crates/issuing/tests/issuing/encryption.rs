//! Encrypted requests and answers: each way to ask for it wrongly has the standard's error.

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::key::Jwk;
use mibun_issuing::credential::{CredentialError, CredentialRequest, CredentialResponse, RequestKeyPair};
use mibun_issuing::error::{Code, Refusal};
use serde_json::{Value, json};

use crate::desk::CONFIGURATION;

struct World {
    issuer: RequestKeyPair,
    wallet: EphemeralKey,
    entropy: SeededEntropy,
}

impl World {
    fn new() -> Self {
        let mut entropy = SeededEntropy::new("encryption");
        let issuer = RequestKeyPair::new(EphemeralKey::generate(&mut entropy));
        let wallet = EphemeralKey::generate(&mut entropy);
        Self { issuer, wallet, entropy }
    }

    fn issuer_key(&self) -> Jwk {
        let metadata = self.issuer.metadata();
        Jwk::from_value(&metadata["jwks"]["keys"][0]).expect("a key")
    }

    fn request(&self) -> Value {
        let jwk = self.wallet.public_jwk("wallet").to_value();
        json!({
            "credential_configuration_id": CONFIGURATION,
            "proofs": { "jwt": ["e30.e30.e30"] },
            "credential_response_encryption": { "jwk": jwk, "enc": "A256GCM" },
        })
    }

    fn sealed(&mut self, request: &Value, recipient: &Jwk, enc: Enc) -> String {
        let body = request.to_string();
        jwe::encrypt(body.as_bytes(), recipient, enc, PartyInfo::default(), &mut self.entropy).expect("encrypted")
    }

    /// What becomes of a request that was changed before it was encrypted.
    fn changed(&mut self, change: impl FnOnce(&mut Value)) -> Result<CredentialRequest, CredentialError> {
        let mut request = self.request();
        change(&mut request);
        let sealed = self.sealed(&request, &self.issuer_key(), Enc::A128Gcm);
        CredentialRequest::open(sealed.as_bytes(), &self.issuer)
    }
}

fn refused(change: impl FnOnce(&mut Value)) {
    let refusal = World::new().changed(change).expect_err("it must be refused");
    assert_eq!((refusal, refusal.code()), (CredentialError::Encryption, Code::InvalidEncryptionParameters));
}

#[test]
fn the_key_has_what_the_standard_asks() {
    let key = World::new().issuer_key();
    assert!(key.kid.is_some() && key.alg.as_deref() == Some("ECDH-ES"));
}

#[test]
fn an_answer_is_for_the_wallet_alone() {
    let mut world = World::new();
    let request = world.changed(|_| {}).expect("a good request");
    let response = CredentialResponse::new(vec!["a card".to_owned()], "an identifier".to_owned());
    let sealed = request.answer().expect("it asks for it").seal(&response, &mut world.entropy).expect("encrypted");
    let limits = Limits::default();
    let opened = jwe::decrypt(&sealed, &world.wallet, &[Enc::A256Gcm], &limits).expect("it is for the wallet");
    assert_eq!(opened.header.kid(), Some("wallet"));
    assert_eq!(CredentialResponse::parse(&opened.payload), Ok(response));
}

#[test]
fn a_request_may_be_encrypted_and_its_answer_not() {
    let request = World::new()
        .changed(|request| _ = request.as_object_mut().expect("one").remove("credential_response_encryption"));
    assert!(request.expect("a good request").answer().is_none());
}

#[test]
fn an_encrypted_answer_to_a_request_in_the_clear() {
    let world = World::new();
    let refusal = CredentialRequest::parse(world.request().to_string().as_bytes()).expect_err("keys can be changed");
    assert_eq!((refusal, refusal.code()), (CredentialError::Encryption, Code::InvalidEncryptionParameters));
}

#[test]
fn an_unsupported_enc() {
    for enc in ["A128CBC-HS256", "A192GCM", "", "none"] {
        refused(|request| request["credential_response_encryption"]["enc"] = enc.into());
    }
    refused(|request| _ = request["credential_response_encryption"].as_object_mut().expect("one").remove("enc"));
}

#[test]
fn an_unsupported_alg() {
    for alg in ["ECDH-ES+A128KW", "RSA-OAEP", "dir"] {
        refused(|request| request["credential_response_encryption"]["jwk"]["alg"] = alg.into());
    }
    refused(|request| _ = request["credential_response_encryption"]["jwk"].as_object_mut().expect("one").remove("alg"));
}

#[test]
fn a_key_that_is_none_or_private() {
    refused(|request| request["credential_response_encryption"]["jwk"] = "key".into());
    refused(|request| request["credential_response_encryption"]["jwk"]["x"] = "AAAA".into());
    refused(|request| request["credential_response_encryption"]["jwk"]["crv"] = "P-384".into());
    let private = World::new().wallet.to_jwk();
    refused(|request| request["credential_response_encryption"]["jwk"] = private);
}

#[test]
fn compression_is_not_offered() {
    refused(|request| request["credential_response_encryption"]["zip"] = "DEF".into());
}

#[test]
fn a_request_for_another_key_or_none() {
    let mut world = World::new();
    let (request, other) = (world.request(), world.wallet.public_jwk("other"));
    let sealed = world.sealed(&request, &other, Enc::A128Gcm);
    for body in [sealed.as_str(), "e30..AA.AA.AA", "{}", "", "not ascii: \u{e9}"] {
        let refusal = CredentialRequest::open(body.as_bytes(), &world.issuer).expect_err("it is not for this key");
        assert_eq!(refusal.code(), Code::InvalidEncryptionParameters, "{body}");
    }
}

#[test]
fn a_request_that_names_another_key() {
    let mut world = World::new();
    let (request, mut key) = (world.request(), world.issuer_key());
    key.kid = Some("another".to_owned());
    let sealed = world.sealed(&request, &key, Enc::A128Gcm);
    let refusal = CredentialRequest::open(sealed.as_bytes(), &world.issuer);
    assert_eq!(refusal, Err(CredentialError::Encryption));
}

#[test]
fn any_changed_letter_of_an_encrypted_request() {
    let mut world = World::new();
    let (request, key) = (world.request(), world.issuer_key());
    let sealed = world.sealed(&request, &key, Enc::A256Gcm).into_bytes();
    for at in (0..sealed.len()).step_by(7) {
        let mut changed = sealed.clone();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(CredentialRequest::open(&changed, &world.issuer).is_err(), "letter {at}");
    }
}
