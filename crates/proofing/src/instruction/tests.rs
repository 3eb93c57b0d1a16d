mod by_passkey;
mod mdoc;
mod refused;
mod vectors;

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::opaque::SessionKey;
use mibun_crypto::time::Timestamp;

use super::*;

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000);

/// One device, one card's key, one password exchange.
pub(super) struct World {
    pub device: SoftwareKey,
    pub copy: SoftwareKey,
    pub mac_key: InstructionKey,
    pub subject: Subject,
}

pub(super) fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

pub(super) fn mac_key(byte: u8) -> InstructionKey {
    InstructionKey::of(&SessionKey::from_bytes(&[byte; 64]))
}

pub(super) fn world() -> World {
    let text = str::to_owned;
    let subject = Subject {
        authority: text("https://id.example"),
        person: text("person-1"),
        card: text("card-1"),
        copy: text("copy-7"),
        exchange: text("exchange-1"),
    };
    World { device: key("device"), copy: key("copy"), mac_key: mac_key(7), subject }
}

pub(super) fn key_binding() -> Consent {
    Consent::KeyBinding {
        client_id: "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        response_uri: Some("https://hotel.example/vp/responses/1".to_owned()),
        sd_hash: base64url::encode(&[9; 32]),
    }
}

pub(super) fn key_proof() -> Consent {
    Consent::CredentialRequestProof {
        credential_issuer: "https://id.example".to_owned(),
        c_nonce: "c-wKI4LT17ac15ES9bw8ac4".to_owned(),
    }
}

impl World {
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            subject: &self.subject,
            key: self.copy.public_key(),
            device: self.device.public_key(),
            mac_key: &self.mac_key,
            now: NOW,
        }
    }

    pub fn draft<'a>(&'a self, consent: &'a Consent) -> Draft<'a> {
        Draft { subject: &self.subject, key: self.copy.public_key(), consent, now: NOW }
    }

    pub fn instruct(&self, consent: &Consent) -> Instruction {
        make(&self.draft(consent), &self.device, &self.mac_key, &mut SeededEntropy::new("id")).expect("signs")
    }

    /// What is signed in the end, when everything is in order.
    pub fn signed(&self, consent: &Consent) -> String {
        let unspent = verify(&self.instruct(consent), &self.expected()).expect("a good instruction");
        let to_sign = unspent.spend(true).expect("fresh");
        assert_eq!(&to_sign.consent, consent);
        let signature = self.copy.sign(to_sign.signing_input.as_bytes()).expect("signs");
        to_sign.signing_input.attach(&signature).into_text()
    }
}

#[test]
fn a_key_binding_says_what_was_agreed_to_and_nothing_else() {
    let world = world();
    let token = world.signed(&key_binding());
    let binding = mibun_card::kb_jwt::KeyBinding::parse(&token).expect("a key binding");
    let Consent::KeyBinding { client_id, nonce, sd_hash, .. } = key_binding() else { panic!("a key binding") };
    assert_eq!((binding.audience.clone(), binding.nonce.clone(), binding.sd_hash.clone()), (client_id, nonce, sd_hash));
    assert_eq!(binding.issued_at, NOW);
    assert_eq!(binding.verify(world.copy.public_key()), Ok(()));
}

#[test]
fn a_key_proof_is_one_that_the_issuer_takes() {
    let world = world();
    let token = world.signed(&key_proof());
    let proven = mibun_issuing::proof::verify(&token, "https://id.example", NOW).expect("a proof");
    assert_eq!(&proven.key, world.copy.public_key());
    assert_eq!(proven.nonce, "c-wKI4LT17ac15ES9bw8ac4");
}

#[test]
fn with_the_digital_credentials_api_there_is_no_address() {
    let consent = Consent::KeyBinding {
        client_id: "origin:https://hotel.example".to_owned(),
        nonce: "n".to_owned(),
        response_uri: None,
        sd_hash: base64url::encode(&[9; 32]),
    };
    assert!(mibun_card::kb_jwt::KeyBinding::parse(&world().signed(&consent)).is_ok());
}

#[test]
fn clocks_may_differ_and_messages_take_their_time() {
    let world = world();
    let instruction = world.instruct(&key_binding());
    for seconds in [-MAX_SKEW_S, 0, MAX_AGE_S] {
        let expected = Expected { now: NOW.plus_seconds(seconds), ..world.expected() };
        let unspent = verify(&instruction, &expected).expect("in time");
        assert_eq!(unspent.keep_until(), NOW.plus_seconds(MAX_AGE_S + 1));
    }
}

#[test]
fn two_instructions_never_share_an_identifier() {
    let world = world();
    let mut entropy = SeededEntropy::new("ids");
    let mut id = || {
        let consent = key_binding();
        let made = make(&world.draft(&consent), &world.device, &world.mac_key, &mut entropy).expect("signs");
        *verify(&made, &world.expected()).expect("good").id()
    };
    assert_ne!(id(), id());
}

#[test]
fn nothing_prints_where_a_card_is_shown() {
    let world = world();
    let instruction = world.instruct(&key_binding());
    let unspent = verify(&instruction, &world.expected()).expect("good");
    let printed = format!("{instruction:?} {unspent:?} {:?}", world.mac_key);
    assert!(!printed.contains("hotel") && !printed.contains("x509_hash"), "{printed}");
}
