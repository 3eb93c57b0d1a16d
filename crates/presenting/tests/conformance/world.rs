//! An authority, organisations with access certificates, an issuer, a holder with a card.

use std::sync::OnceLock;

use mibun_card::assurance::{Assurance, Evidence, Level, Method};
use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{self, IssuerSigned, KeyAuthorizations};
use mibun_card::pid::{Address, PersonalData};
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc::{CARD_VCT, Edition, EditionSpec};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::{Date, Timestamp};
use mibun_crypto::x509::{
    AlternativeName, AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root,
};
use mibun_presenting::dc_api::Origin;
use mibun_presenting::request::{AccessIdentity, Identity, UriPolicy, client_id};
use mibun_status::list::StatusList;
use mibun_status::token::{self, Claims};
use mibun_status::{Reference, Status};
use mibun_trust::{Scene, TrustAnchors};
use serde_json::{Map, Value};

pub const NOW: Timestamp = Timestamp(1_800_000_000);
pub const KID: &str = "answer-1";
pub const ISSUER: &str = "https://id.example";
pub const LIST: &str = "https://id.example/status/1";
const INDEX: u32 = 77;
const VALIDITY: Validity = Validity { not_before: Timestamp(1_700_000_000), not_after: Timestamp(1_900_000_000) };

/// Somebody with a certificate.
pub struct Party {
    pub chain: Vec<Vec<u8>>,
    pub key: SoftwareKey,
}

impl Party {
    pub fn identity(&self) -> Identity<'_> {
        Identity::X509Hash(AccessIdentity { chain: &self.chain, signer: &self.key })
    }

    pub fn client_id(&self) -> String {
        client_id(&self.chain[0])
    }
}

/// A root and its key.
struct Authority {
    root: Certificate,
    key: SoftwareKey,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let key = SoftwareKey::generate(&mut entropy);
        let spec = AuthoritySpec { subject: subject(name), validity: VALIDITY, path_length: None };
        Self { root: issue_root(&spec, &key, &mut entropy).expect("a root is issued"), key }
    }

    fn admit(&self, name: &str, purpose: Purpose, alternative_names: Vec<AlternativeName>) -> Party {
        let mut entropy = SeededEntropy::new(format!("{name} {purpose:?}"));
        let key = SoftwareKey::generate(&mut entropy);
        let subject_key = key.public_key();
        let spec = LeafSpec { subject: subject(name), alternative_names, purpose, validity: VALIDITY, subject_key };
        let leaf = issue_leaf(&spec, &self.root, &self.key, &mut entropy).expect("a leaf is issued");
        Party { chain: vec![leaf.der().to_vec()], key }
    }
}

fn subject(name: &str) -> Subject {
    Subject { common_name: name.into(), organisation: Some(name.into()), country: None }
}

/// Everybody who plays a part; made once, for signatures differ each time.
pub struct World {
    pub root: Certificate,
    /// The verifier.
    pub hotel: Party,
    /// The verifier under an authority that the wallet does not know.
    pub elsewhere: Party,
    pub holder: SoftwareKey,
    pub anchors: TrustAnchors,
    pub claims: Map<String, Value>,
    pub card: String,
    /// The same card as an mdoc.
    pub document: IssuerSigned,
    pub list: String,
    pub scene: Scene,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let authority = Authority::new("Conformance authority");
        let issuer = authority.admit("Issuer", Purpose::DocumentSigner, vec![AlternativeName::Uri(ISSUER.into())]);
        let status = authority.admit("Status", Purpose::StatusSigner, vec![]);
        let holder = SoftwareKey::generate(&mut SeededEntropy::new("holder"));
        let claims = claims();
        World {
            hotel: authority.admit("Hotel Sakura", Purpose::AccessCertificate, vec![]),
            elsewhere: Authority::new("Elsewhere").admit("Hotel Sakura", Purpose::AccessCertificate, vec![]),
            card: issue(&claims, &issuer, &holder),
            document: issue_document(&claims, &issuer, &holder),
            list: list(&status),
            anchors: TrustAnchors::single(&authority.root),
            scene: scene(),
            root: authority.root,
            holder,
            claims,
        }
    })
}

/// The page of the verifier.
pub fn page() -> Origin {
    Origin::parse("https://hotel.example", UriPolicy::Https).expect("an origin")
}

fn claims() -> Map<String, Value> {
    let day = |text: &str| text.parse::<Date>().expect("a date");
    let person = PersonalData {
        family_name: "YAMADA".into(),
        given_name: "HANAKO".into(),
        family_name_native: None,
        given_name_native: None,
        birth_family_name: None,
        birthdate: day("1990-04-01"),
        sex: Some(2),
        nationalities: vec!["JP".into(), "NL".into()],
        place_of_birth: None,
        address: Some(Address { formatted: Some("Kyoto, Sakyo 1-2-3".into()), ..Address::default() }),
        personal_administrative_number: "11010519491231002X".into(),
        document_number: Some("TK1234567".into()),
        date_of_issuance: day("2026-01-01"),
        date_of_expiry: day("2036-01-01"),
        issuing_authority: "Conformance authority".into(),
        issuing_country: "JP".into(),
        portrait: None,
    };
    let mut claims = person.to_claims().expect("a valid person");
    let evidence = vec![Evidence { method: Method::RegisterMatch, at: NOW.plus_days(-10) }];
    Assurance { level: Level::Light, evidence }.add_to(&mut claims, "Register");
    claims
}

fn issue(claims: &Map<String, Value>, issuer: &Party, holder: &SoftwareKey) -> String {
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

fn issue_document(claims: &Map<String, Value>, issuer: &Party, holder: &SoftwareKey) -> IssuerSigned {
    let elements = PID.elements_of(claims).expect("a person");
    let spec = mdoc::EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &KeyAuthorizations::default(),
        issued_at: NOW.plus_days(-3),
        expires_at: NOW.plus_days(30),
        x5chain: &issuer.chain,
    };
    let status = Reference { idx: INDEX, uri: LIST.into() }.to_claim();
    let edition = mdoc::Edition::new(&spec, &issuer.key).expect("a document");
    let copy = edition.copy(holder.public_key(), &status, &mut SeededEntropy::new("document")).expect("a copy");
    IssuerSigned::parse(&copy).expect("our own document")
}

/// A list in which the card is good.
fn list(signer: &Party) -> String {
    let mut list = StatusList::new(2, 1024).expect("a small list");
    list.set(INDEX, Status::Valid).expect("within the list");
    let (issued_at, expires_at) = (NOW.plus_seconds(-30), Some(NOW.plus_seconds(3600)));
    let claims = Claims { subject: LIST.into(), issued_at, expires_at, ttl: Some(300) };
    token::encode(&claims, &list, &signer.chain, &signer.key).expect("the list is signed")
}

fn scene() -> Scene {
    mibun_trust::scene::load(include_str!("../../../../scenes/hotel-checkin-jp.toml")).expect("a shipped scene")
}

/// A card as text, read.
pub fn token(card: &str) -> SdJwt {
    SdJwt::parse(card, &Limits { bytes: 512 * 1024, ..Limits::default() }).expect("a card")
}
