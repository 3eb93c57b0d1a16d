//! An authority with its signers, a holder with a card, and a counter that asks.

use std::sync::OnceLock;

use mibun_card::assurance::{
    Assurance, ChipCheck, CloneProtection, Compared, Country, DocumentType, Evidence as Proofing, Level, Method,
};
use mibun_card::kb_jwt::{self, Binding};
use mibun_card::path::ClaimPath;
use mibun_card::pid::{Address, PersonalData};
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc::{CARD_VCT, Edition, EditionSpec};
use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::{Date, Timestamp};
use mibun_crypto::x509::{
    AlternativeName, AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root,
};
use mibun_status::list::StatusList;
use mibun_status::token::{self, Claims};
use mibun_status::{Reference, Status};
use mibun_trust::scene::Presence;
use mibun_trust::{Scene, TrustAnchors};
use serde_json::{Map, Value};

use super::*;

pub const NOW: Timestamp = Timestamp(1_800_000_000);
pub const NONCE: &str = "n-0S6_WzA2Mj1aXbk39dkQ2";
pub const AUDIENCE: &str = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
pub const ISSUER: &str = "https://id.example";
pub const LIST: &str = "https://id.example/status/1";
pub const INDEX: u32 = 77;

const VALIDITY: Validity = Validity { not_before: Timestamp(1_700_000_000), not_after: Timestamp(1_900_000_000) };

/// Somebody with a certificate.
pub struct Signatory {
    pub chain: Vec<Vec<u8>>,
    pub key: SoftwareKey,
}

/// A root and its key.
pub struct Authority {
    pub root: Certificate,
    key: SoftwareKey,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let key = SoftwareKey::generate(&mut entropy);
        let spec = AuthoritySpec { subject: subject(name), validity: VALIDITY, path_length: None };
        let root = issue_root(&spec, &key, &mut entropy).expect("a root is issued");
        Self { root, key }
    }

    pub fn from_parts(root: Certificate, key: SoftwareKey) -> Self {
        Self { root, key }
    }

    pub fn admit(&self, purpose: Purpose, names: Vec<AlternativeName>, algorithm: Algorithm) -> Signatory {
        self.admit_during(purpose, names, algorithm, VALIDITY)
    }

    pub fn admit_as(&self, subject: Subject, purpose: Purpose) -> Signatory {
        let mut entropy = SeededEntropy::new("named");
        let key = SoftwareKey::generate(&mut entropy);
        let spec = LeafSpec {
            subject,
            alternative_names: Vec::new(),
            purpose,
            validity: VALIDITY,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &self.root, &self.key, &mut entropy).expect("a leaf is issued");
        Signatory { chain: vec![leaf.der().to_vec()], key }
    }

    pub fn admit_during(
        &self,
        purpose: Purpose,
        alternative_names: Vec<AlternativeName>,
        algorithm: Algorithm,
        validity: Validity,
    ) -> Signatory {
        let mut entropy = SeededEntropy::new(format!("{purpose:?} {algorithm}"));
        let key = SoftwareKey::generate_for(algorithm, &mut entropy);
        let spec = LeafSpec {
            subject: subject("signer"),
            alternative_names,
            purpose,
            validity,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &self.root, &self.key, &mut entropy).expect("a leaf is issued");
        Signatory { chain: vec![leaf.der().to_vec()], key }
    }
}

fn subject(name: &str) -> Subject {
    Subject { common_name: name.into(), organisation: None, country: None }
}

/// Everybody who plays a part; made once, for signatures differ each time.
pub struct World {
    pub authority: Authority,
    pub issuer: Signatory,
    pub status: Signatory,
    pub holder: SoftwareKey,
    pub anchors: TrustAnchors,
    /// A light card, with everything in it.
    pub card: String,
    /// A list in which the card is good.
    pub list: String,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let authority = Authority::new("Mibun test authority");
        let names = vec![AlternativeName::Uri(ISSUER.to_owned())];
        let issuer = authority.admit(Purpose::DocumentSigner, names, Algorithm::Es256);
        let status = authority.admit(Purpose::StatusSigner, vec![], Algorithm::Es256);
        let holder = SoftwareKey::generate(&mut SeededEntropy::new("holder"));
        let anchors = TrustAnchors::single(&authority.root);
        let card = issue(&claims(Level::Light, NOW.plus_days(-10)), &issuer, &holder);
        let list = list_token(Status::Valid, &status, |_| {});
        World { authority, issuer, status, holder, anchors, card, list }
    })
}

/// A person's claims with level and evidence of that time.
pub fn claims(level: Level, proofed_at: Timestamp) -> Map<String, Value> {
    let day = |text: &str| text.parse::<Date>().expect("a date");
    let person = PersonalData {
        family_name: "YAMADA".into(),
        given_name: "HANAKO".into(),
        family_name_native: Some("山田".into()),
        given_name_native: Some("花子".into()),
        birth_family_name: None,
        birthdate: day("1990-04-01"),
        sex: Some(2),
        nationalities: vec!["JP".into()],
        place_of_birth: None,
        address: Some(Address { formatted: Some("Kyoto, Sakyo 1-2-3".into()), ..Address::default() }),
        personal_administrative_number: "11010519491231002X".into(),
        document_number: Some("TK1234567".into()),
        date_of_issuance: day("2026-01-01"),
        date_of_expiry: day("2036-01-01"),
        issuing_authority: "Mibun test authority".into(),
        issuing_country: "JP".into(),
        portrait: None,
    };
    let mut claims = person.to_claims().expect("a valid person");
    let mut evidence = vec![
        Proofing { method: Method::RegisterMatch, at: proofed_at.plus_days(-100) },
        Proofing { method: Method::OfficerFace, at: proofed_at },
    ];
    if level == Level::Full {
        evidence.push(Proofing { method: Method::DocumentChip(chip()), at: proofed_at });
        evidence.push(Proofing { method: Method::IdPassword, at: proofed_at });
    }
    Assurance { level, evidence }.add_to(&mut claims, "Register");
    claims
}

/// The chip of a passport.
pub fn chip() -> ChipCheck {
    ChipCheck {
        document: DocumentType::Passport,
        country: Country::parse("JPN").expect("letters"),
        clone_protection: Some(CloneProtection::ChipAuthentication),
        compared: Compared::Engine { false_match_rate: 1e-5 },
    }
}

/// A copy of a card.
pub fn issue(claims: &Map<String, Value>, issuer: &Signatory, holder: &SoftwareKey) -> String {
    let status = Reference { idx: INDEX, uri: LIST.into() }.to_claim();
    let spec = EditionSpec {
        issuer: ISSUER,
        vct: CARD_VCT,
        claims,
        issued_at: NOW.plus_days(-3),
        expires_at: NOW.plus_days(30),
        x5c: &issuer.chain,
    };
    let edition = Edition::new(&spec, &issuer.key).expect("a card");
    edition.copy(holder.public_key(), &status, &mut SeededEntropy::new("card")).expect("a card is issued")
}

/// A status list token that says `status` of the card, after `change` of its claims.
pub fn list_token(status: Status, signer: &Signatory, change: impl FnOnce(&mut Claims)) -> String {
    let mut list = StatusList::new(2, 1024).expect("a small list");
    list.set(INDEX, status).expect("within the list");
    let mut claims = Claims {
        subject: LIST.into(),
        issued_at: NOW.plus_seconds(-30),
        expires_at: Some(NOW.plus_seconds(3600)),
        ttl: Some(300),
    };
    change(&mut claims);
    token::encode(&claims, &list, &signer.chain, &signer.key).expect("the list is signed")
}

pub fn parse(card: &str) -> SdJwt {
    SdJwt::parse(card, &Limits { bytes: 512 * 1024, ..Limits::default() }).expect("a card")
}

pub fn scene(id: &str) -> Scene {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes").join(id).with_extension("toml");
    let toml = std::fs::read_to_string(path).expect("a shipped scene");
    mibun_trust::scene::load(&toml).expect("a valid scene")
}

pub fn hotel() -> &'static Scene {
    static HOTEL: OnceLock<Scene> = OnceLock::new();
    HOTEL.get_or_init(|| scene("hotel-checkin-jp"))
}

/// What a wallet shows of `card` for `scene`, bound by `holder`.
pub fn present(card: &str, scene: &Scene, holder: &dyn Signer) -> String {
    let mut paths = vec![ClaimPath::of_names(&["assurance_level"])];
    if scene.reads_evidence() {
        paths.push(ClaimPath::of_names(&["evidence"]));
    }
    for field in &scene.fields {
        paths.push(ClaimPath::of_names(&field.path.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    let methods: &[&str] = if scene.presence == Presence::Password { &["pwd"] } else { &[] };
    bind_by(&parse(card).select(&paths).expect("the card selects"), holder, methods)
}

/// The presentation of exactly `shown`.
pub fn bind(shown: &SdJwt, holder: &dyn Signer) -> String {
    bind_by(shown, holder, &[])
}

/// The same by a keeper of keys that says how it recognised the holder.
pub fn bind_by(shown: &SdJwt, holder: &dyn Signer, methods: &[&str]) -> String {
    let binding = Binding { audience: AUDIENCE, nonce: NONCE, now: NOW };
    let input = kb_jwt::signing_input(&shown.sd_hash(), &binding, methods, holder.algorithm());
    let signature = holder.sign(input.as_bytes()).expect("the key signs");
    shown.with_key_binding(&jws::attach(input, &signature))
}

/// The card with another payload and header, signed again by the issuer; its disclosures stay.
pub fn reissued(
    card: &str,
    change: impl FnOnce(&mut Value),
    change_header: impl FnOnce(&mut Map<String, Value>),
) -> String {
    let token = parse(card);
    let mut payload = token.jws().payload_json(&Limits::default()).expect("our own card");
    change(&mut payload);
    let mut header = token.jws().header().members().clone();
    change_header(&mut header);
    let signed = jws::sign(header, payload.to_string().as_bytes(), &world().issuer.key).expect("the key signs");
    let (_, disclosures) = card.split_once('~').expect("disclosures follow");
    format!("{signed}~{disclosures}")
}

/// The presentation with another key binding, signed by `key`.
pub fn rebound(
    presentation: &str,
    key: &SoftwareKey,
    change: impl FnOnce(&mut Value),
    change_header: impl FnOnce(&mut Map<String, Value>),
) -> String {
    let (shown, proof) = presentation.rsplit_once('~').expect("a proof follows");
    let proof = jws::parse(proof, &Limits::default()).expect("our own proof");
    let mut payload = proof.payload_json(&Limits::default()).expect("our own proof");
    change(&mut payload);
    let mut header = proof.header().members().clone();
    header.remove("alg");
    change_header(&mut header);
    let signed = jws::sign(header, payload.to_string().as_bytes(), key).expect("the key signs");
    format!("{shown}~{signed}")
}

/// A token whose header is replaced without signing again.
pub fn with_raw_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').expect("three parts");
    format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))
}

pub fn expectation(scene: &Scene) -> Expectation<'_> {
    Expectation { nonce: NONCE, audience: AUDIENCE, scene, vct: CARD_VCT, now: NOW }
}

/// The verdict on `presentation` at the hotel, with a good status list at hand.
pub fn verdict(presentation: &str) -> Verdict {
    verdict_with(presentation, &expectation(hotel()), &world().list)
}

pub fn verdict_with(presentation: &str, expectation: &Expectation<'_>, list: &str) -> Verdict {
    let lists = [(LIST.to_owned(), ListEvidence::Token(list))];
    judge(presentation, expectation, &Evidence { anchors: &world().anchors, status_lists: &lists })
}

/// A good presentation at the hotel.
pub fn good() -> String {
    present(&world().card, hotel(), &world().holder)
}

/// Asserts that the verdict is a refusal for exactly this reason, with nothing given away.
#[track_caller]
pub fn assert_refused(verdict: &Verdict, refusal: Refusal) {
    assert_eq!(verdict.refusal, Some(refusal));
    assert_eq!(verdict.outcome, Outcome::Refused);
    assert!(verdict.fields.is_empty() && verdict.over_disclosed.is_empty(), "a refusal gives nothing away");
    let (last, before) = verdict.checks.split_last().expect("at least one check was made");
    assert_eq!(*last, Check { name: refusal.check(), passed: false });
    assert!(before.iter().all(|check| check.passed), "checks stop at the first that fails");
}
