use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use serde_json::{Value, json};

use super::*;

pub(crate) const PARTY: RelyingParty<'_> = RelyingParty { id: "id.example", origin: "https://id.example" };
const TEXT: &[u8] = b"what is confirmed";

pub(crate) fn passkey(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

/// An authenticator in software that does as it is told.
pub(crate) struct Authenticator {
    pub flags: u8,
    pub relying_party: &'static str,
    pub client_data: Value,
}

impl Authenticator {
    pub fn for_text(text: &[u8]) -> Self {
        let challenge = base64url::encode(&sha256(text));
        let client_data =
            json!({ "type": "webauthn.get", "challenge": challenge, "origin": PARTY.origin, "crossOrigin": false });
        Self { flags: PRESENT | VERIFIED, relying_party: PARTY.id, client_data }
    }

    pub fn assert(&self, key: &SoftwareKey) -> Assertion {
        let mut data = sha256(self.relying_party.as_bytes()).to_vec();
        data.extend_from_slice(&[self.flags, 0, 0, 0, 7]);
        let client_data = self.client_data.to_string();
        let signed = [data.as_slice(), &sha256(client_data.as_bytes())].concat();
        let signature = key.sign(&signed).expect("signs");
        Assertion {
            authenticator_data: base64url::encode(&data),
            client_data: base64url::encode(client_data.as_bytes()),
            signature: base64url::encode(&mibun_crypto::key::signature_to_der(&signature)),
        }
    }
}

fn judged(authenticator: &Authenticator) -> Result<(), Refusal> {
    let key = passkey("passkey");
    verify(&authenticator.assert(&key), TEXT, key.public_key(), &PARTY)
}

fn with(member: &str, value: Value) -> Result<(), Refusal> {
    let mut authenticator = Authenticator::for_text(TEXT);
    authenticator.client_data[member] = value;
    judged(&authenticator)
}

#[test]
fn a_passkey_confirms_the_text_it_was_asked_about() {
    assert_eq!(judged(&Authenticator::for_text(TEXT)), Ok(()));
}

#[test]
fn a_passkey_confirms_no_other_text() {
    assert_eq!(judged(&Authenticator::for_text(b"something else")), Err(Refusal::Challenge));
    assert_eq!(with("challenge", "".into()), Err(Refusal::Challenge));
}

#[test]
fn what_was_made_on_another_page_is_refused() {
    for origin in ["https://id.example.evil", "http://id.example", "https://id.example:8443", "null"] {
        assert_eq!(with("origin", origin.into()), Err(Refusal::Origin), "{origin}");
    }
    assert_eq!(with("crossOrigin", true.into()), Err(Refusal::Type));
}

#[test]
fn a_registration_is_no_assertion() {
    assert_eq!(with("type", "webauthn.create".into()), Err(Refusal::Type));
    assert_eq!(with("type", 7.into()), Err(Refusal::Type));
}

#[test]
fn another_relying_party_is_refused() {
    let authenticator = Authenticator { relying_party: "example", ..Authenticator::for_text(TEXT) };
    assert_eq!(judged(&authenticator), Err(Refusal::RelyingParty));
}

#[test]
fn an_authenticator_that_did_not_verify_its_user_is_refused() {
    for flags in [0, PRESENT, VERIFIED, !VERIFIED] {
        let authenticator = Authenticator { flags, ..Authenticator::for_text(TEXT) };
        assert_eq!(judged(&authenticator), Err(Refusal::NotVerified), "{flags:08b}");
    }
}

#[test]
fn another_passkey_is_refused() {
    let assertion = Authenticator::for_text(TEXT).assert(&passkey("another"));
    assert_eq!(verify(&assertion, TEXT, passkey("passkey").public_key(), &PARTY), Err(Refusal::Signature));
}

#[test]
fn every_flipped_bit_is_refused() {
    let key = passkey("passkey");
    let good = Authenticator::for_text(TEXT).assert(&key);
    let mut refused = 0;
    for member in 0..3 {
        let text = [&good.authenticator_data, &good.client_data, &good.signature][member];
        let bytes = base64url::decode(text).expect("base64url");
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut changed = good.clone();
            *[&mut changed.authenticator_data, &mut changed.client_data, &mut changed.signature][member] =
                base64url::encode(&bytes);
            assert!(verify(&changed, TEXT, key.public_key(), &PARTY).is_err(), "member {member}, bit {bit}");
            refused += 1;
        }
    }
    assert!(refused > 1_500, "{refused} changes, 0 accepted");
}

#[test]
fn what_is_malformed_is_refused() {
    let key = passkey("passkey");
    let good = Authenticator::for_text(TEXT).assert(&key);
    let long = "A".repeat(6_000);
    for (data, client_data, signature, refusal) in [
        ("*", good.client_data.as_str(), good.signature.as_str(), Refusal::Form),
        ("AAAA", &good.client_data, &good.signature, Refusal::Form),
        (&long, &good.client_data, &good.signature, Refusal::Form),
        (&good.authenticator_data, &long, &good.signature, Refusal::Form),
        (&good.authenticator_data, &good.client_data, &long, Refusal::Form),
        (&good.authenticator_data, &good.client_data, "AAAA", Refusal::Signature),
        (&good.authenticator_data, "e30", &good.signature, Refusal::Type),
    ] {
        let [authenticator_data, client_data, signature] = [data, client_data, signature].map(str::to_owned);
        let assertion = Assertion { authenticator_data, client_data, signature };
        assert_eq!(verify(&assertion, TEXT, key.public_key(), &PARTY), Err(refusal));
    }
}

#[test]
fn only_keys_on_p_256_are_passkeys() {
    let right = passkey("passkey");
    assert_eq!(key(&right.public_key().to_spki_der()).as_ref(), Ok(right.public_key()));
    let other = SoftwareKey::generate_for(Algorithm::EdDsa, &mut SeededEntropy::new("other"));
    assert_eq!(key(&other.public_key().to_spki_der()), Err(Refusal::Key));
    assert_eq!(key(b"nonsense"), Err(Refusal::Key));
}
