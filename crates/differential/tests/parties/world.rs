//! An authority, a holder with a card in both formats, and an asker.

use std::sync::OnceLock;

use mibun_card::kb_jwt::{self, Binding};
use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{self, IssuerSigned, KeyAuthorizations, SessionTranscript, Showing};
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use serde_json::{Map, Value, json};

pub const NOW: Timestamp = Timestamp(1_800_000_000);
pub const NONCE: &str = "n-0S6_WzA2Mj1aXbk39dkQ2";
pub const AUDIENCE: &str = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
pub const ISSUER: &str = "https://id.example";
pub const LIMITS: Limits = Limits { bytes: 512 * 1024, depth: 16, nodes: 2000 };
/// Until 2049: other makers' libraries look at the clock of the machine.
pub const PID_NAMESPACE: &str = "eu.europa.ec.eudi.pid.1";
const VALIDITY: Validity = Validity { not_before: Timestamp(1_700_000_000), not_after: Timestamp(2_500_000_000) };

pub struct World {
    pub root: Certificate,
    pub leaf: Certificate,
    pub issuer: SoftwareKey,
    pub holder: SoftwareKey,
    /// Receives encrypted answers.
    pub receiver: EphemeralKey,
    /// A whole card as SD-JWT VC.
    pub card: String,
    /// A part of it, with key binding.
    pub presentation: String,
    /// A part of the card as mdoc, signed by the device in [`session`].
    pub response: Vec<u8>,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut entropy = SeededEntropy::new("parties");
        let [root_key, issuer, holder] = [0; 3].map(|_| SoftwareKey::generate(&mut entropy));
        let receiver = EphemeralKey::generate(&mut entropy);
        let spec = AuthoritySpec { subject: subject("authority"), validity: VALIDITY, path_length: None };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let spec = LeafSpec {
            subject: subject("signer"),
            alternative_names: Vec::new(),
            purpose: Purpose::DocumentSigner,
            validity: VALIDITY,
            subject_key: issuer.public_key(),
        };
        let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
        let card = card(&leaf, &issuer, &holder);
        let presentation = bound(&shown(&card), &holder);
        let copy = copy(&leaf, &issuer, &holder);
        let response = response(&copy, &holder);
        World { root, leaf, issuer, holder, receiver, card, presentation, response }
    })
}

fn subject(name: &str) -> Subject {
    Subject { common_name: name.into(), organisation: None, country: Some("JP".into()) }
}

/// What a light card says of a person.
pub fn claims() -> Map<String, Value> {
    let claims = json!({
        "family_name": "YAMADA",
        "given_name": "HANAKO",
        "family_name_native": "山田",
        "birthdate": "1990-04-01",
        "nationalities": ["JP", "CN"],
        "sex": 2,
        "address": { "formatted": "Kyoto, Sakyo 1-2-3", "country": "JP" },
        "place_of_birth": { "country": "JP", "locality": "Kyoto" },
        "personal_administrative_number": "11010519491231002X",
        "date_of_issuance": "2026-01-01",
        "date_of_expiry": "2036-01-01",
        "issuing_authority": "Registry",
        "issuing_country": "JP",
        "age_equal_or_over": { "18": true, "65": false },
        "picture": "data:image/jpeg;base64,/9j/4A==",
        "assurance_level": "light",
        "evidence": [{ "type": "electronic_record", "check_details": [{ "false_match_rate": 1e-5 }] }],
    });
    claims.as_object().expect("an object").clone()
}

pub fn status() -> Value {
    json!({ "status_list": { "idx": 77, "uri": "https://id.example/status/1" } })
}

fn card(leaf: &Certificate, issuer: &SoftwareKey, holder: &SoftwareKey) -> String {
    let spec = vc::EditionSpec {
        issuer: ISSUER,
        vct: vc::CARD_VCT,
        claims: &claims(),
        issued_at: NOW.plus_days(-3),
        expires_at: NOW.plus_days(30),
        x5c: &[leaf.der().to_vec()],
    };
    let edition = vc::Edition::new(&spec, issuer).expect("a card");
    edition.copy(holder.public_key(), &status(), &mut SeededEntropy::new("card")).expect("a copy")
}

/// Claims at the top, members inside of one and one element of another.
fn shown(card: &str) -> SdJwt {
    let paths: Vec<ClaimPath> = [&["family_name"][..], &["birthdate"], &["address", "country"], &["nationalities"]]
        .iter()
        .map(|names| ClaimPath::of_names(names))
        .collect();
    SdJwt::parse(card, &LIMITS).and_then(|card| card.select(&paths)).expect("our own card")
}

/// The presentation of exactly `shown`.
pub fn bound(shown: &SdJwt, holder: &dyn Signer) -> String {
    let binding = Binding { audience: AUDIENCE, nonce: NONCE, now: NOW };
    shown.with_key_binding(&kb_jwt::create(shown, &binding, holder).expect("the key signs"))
}

fn copy(leaf: &Certificate, issuer: &SoftwareKey, holder: &SoftwareKey) -> Vec<u8> {
    let elements = PID.elements_of(&claims()).expect("claims of a person");
    let authorizations = KeyAuthorizations {
        namespaces: Vec::new(),
        elements: vec![(mdoc::OWN_NAMESPACE.into(), vec![mdoc::AMR.into()])],
    };
    let spec = mdoc::EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: NOW.plus_days(-3),
        expires_at: NOW.plus_days(30),
        x5chain: &[leaf.der().to_vec()],
    };
    let edition = mdoc::Edition::new(&spec, issuer).expect("a document");
    edition.copy(holder.public_key(), &status(), &mut SeededEntropy::new("copy")).expect("a copy")
}

fn response(copy: &[u8], holder: &SoftwareKey) -> Vec<u8> {
    let document = IssuerSigned::parse(copy).expect("our own document");
    let wanted =
        [(PID_NAMESPACE, "family_name"), (PID_NAMESPACE, "birth_date"), (mdoc::OWN_NAMESPACE, "assurance_level")];
    let showing = Showing::new(document.select(&wanted).expect("it has them"), Vec::new(), &session());
    showing.sign(holder).expect("the key signs")
}

pub fn session() -> SessionTranscript {
    SessionTranscript::openid4vp(AUDIENCE, NONCE, Some(&[7; 32]), "https://verifier.example/response")
}

/// A key for each algorithm that is spoken.
pub fn key_of(algorithm: Algorithm) -> SoftwareKey {
    SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new(algorithm.as_jose()))
}
