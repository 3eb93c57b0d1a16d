//! The library on one core, beside the P-256 floor of the same run.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use mibun_card::kb_jwt::{self, Binding};
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::digest::sha256;
use mibun_crypto::json::Limits;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_registry::{Card, CardId, CardStatus, PersonId, Version};
use mibun_server::app::App;
use mibun_server::work::dataset;
use mibun_status::list::StatusList;
use mibun_status::token;
use mibun_verifying::{Evidence, Expectation, ListEvidence};
use serde_json::{Map, Value};

use crate::Failure;
use crate::clock::beside;
use crate::installation::{SCENE, person, portrait};
use crate::report::{Line, Report};

pub(crate) const NONCE: &str = "n-0S6_WzA2Mj";
pub(crate) const AUDIENCE: &str = "x509_hash:bench";

/// Signatures that a judgement verifies: the document signer's certificate, the card, the proof of the holder's key.
/// The status list was verified when it was fetched.
pub(crate) const SIGNATURES: u32 = 3;

/// Measures issuing and judging, each in turns with the signatures it cannot do without.
pub(crate) fn measure(app: &App, report: &mut Report) -> Result<(), Failure> {
    issue(app, report)?;
    judge(app, report)
}

/// P-256 alone: the most that any issuer or checker could do on this core.
pub(crate) struct Floor {
    random: SystemRandom,
    pair: EcdsaKeyPair,
    signature: Vec<u8>,
}

const MESSAGE: [u8; 1024] = [7; 1024];

impl Floor {
    pub(crate) fn new() -> Result<Self, Failure> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let signature = pair.sign(&random, &MESSAGE)?.as_ref().to_vec();
        Ok(Self { random, pair, signature })
    }

    pub(crate) fn sign(&self) -> Result<(), Failure> {
        Ok(self.pair.sign(&self.random, &MESSAGE).map(drop)?)
    }

    /// A signature, and the hash of every disclosure: what RFC 9901 asks of any issuer of such a card.
    fn sign_and_hash(&self, disclosures: &[&str]) -> Result<(), Failure> {
        for disclosure in disclosures {
            std::hint::black_box(sha256(disclosure.as_bytes()));
        }
        self.sign()
    }

    /// The signatures of a presentation, and its hashes (RFC 9901): of every disclosure, and of all that is shown.
    fn verify_and_hash(&self, presentation: &str) -> Result<(), Failure> {
        let (shown, _) = presentation.rsplit_once('~').ok_or("a presentation has a key binding")?;
        shown.split('~').skip(1).chain([shown]).for_each(|text| {
            std::hint::black_box(sha256(text.as_bytes()));
        });
        (0..SIGNATURES).try_for_each(|_| self.verify())
    }

    pub(crate) fn verify(&self) -> Result<(), Failure> {
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.pair.public_key().as_ref());
        Ok(public.verify(&MESSAGE, &self.signature)?)
    }
}

/// What every copy of the measured card has in common.
pub(crate) struct Template {
    pub(crate) claims: Map<String, Value>,
    pub(crate) status: Value,
    x5c: Vec<Vec<u8>>,
    pub(crate) now: Timestamp,
}

impl Template {
    pub(crate) fn new(app: &App, list: &str) -> Result<Self, Failure> {
        let now = app.clock.now();
        let mut entropy = app.entropy();
        let card = Card {
            id: CardId::generate(&mut *entropy),
            person: PersonId::generate(&mut *entropy),
            level: "light".to_owned(),
            status: CardStatus::Valid,
            issued_at: now,
            expires_at: now.plus_days(30),
            version: Version::FIRST,
        };
        let evidence = vec![mibun_card::assurance::Evidence {
            method: mibun_card::assurance::Method::LiveFace { false_match_rate: 1e-5 },
            at: now,
        }];
        let assurance = mibun_card::assurance::Assurance { level: mibun_card::assurance::Level::Light, evidence };
        let claims = dataset::claims(app, &card, &person("AB000000"), portrait(), &assurance)?;
        let status = mibun_status::Reference { uri: list.to_owned(), idx: 4711 }.to_claim();
        Ok(Self { claims, status, x5c: app.keys.document_signer.x5c(), now })
    }

    fn edition<'a>(&'a self, app: &'a App) -> Result<vc::Edition<'a>, Failure> {
        let spec = vc::EditionSpec {
            issuer: app.terms.issuer.as_str(),
            vct: vc::CARD_VCT,
            claims: &self.claims,
            issued_at: self.now.floor_to_day(),
            expires_at: self.now.floor_to_day().plus_days(30),
            x5c: &self.x5c,
        };
        Ok(vc::Edition::new(&spec, &*app.keys.document_signer.signer)?)
    }

    /// A batch of copies, as a wallet collects them.
    pub(crate) fn batch(&self, app: &App, holder: &SoftwareKey) -> Result<Vec<String>, Failure> {
        let edition = self.edition(app)?;
        let mut entropy = app.entropy();
        let copy = |_| Ok(edition.copy(holder.public_key(), &self.status, &mut *entropy)?);
        (0..app.terms.batch_size).map(copy).collect()
    }
}

fn issue(app: &App, report: &mut Report) -> Result<(), Failure> {
    let floor = Floor::new()?;
    let mut template = Template::new(app, &app.url("/status/1"))?;
    let holder = SoftwareKey::generate(&mut *app.entropy());
    let copies = u32::try_from(app.terms.batch_size)?;
    let whole = beside(|| floor.sign(), || template.batch(app, &holder).map(drop))?.of_pieces(copies);
    let copy = template.batch(app, &holder)?.swap_remove(0);
    let disclosures: Vec<&str> = copy.split('~').skip(1).filter(|text| !text.is_empty()).collect();
    let hashing = || floor.sign_and_hash(&disclosures);
    let hashed = beside(hashing, || template.batch(app, &holder).map(drop))?.of_pieces(copies);
    template.claims.remove("picture").ok_or("the card has a portrait")?;
    let bare = beside(|| floor.sign(), || template.batch(app, &holder).map(drop))?.of_pieces(copies);
    report.add(Line::new("floor.sign", "P-256 signatures (floor)", whole.floor, "/s per core", whole.floor_n));
    report.add_rate("library.issue", "cards issued by the library (1 signature each)", &whole, 1.0);
    let words = format!("a signature and the hashes of a card's {} disclosures (RFC 9901)", disclosures.len());
    report.add(Line::new("floor.card", words, hashed.floor, "/s per core", hashed.floor_n));
    report.add_rate("library.issue.hashed", "cards issued by the library, beside that", &hashed, 1.0);
    report.add_rate("library.issue.bare", "cards without the portrait, beside a signature alone", &bare, 1.0);
    Ok(())
}

fn judge(app: &App, report: &mut Report) -> Result<(), Failure> {
    let uri = app.url("/status/1");
    let template = Template::new(app, &uri)?;
    let holder = SoftwareKey::generate(&mut *app.entropy());
    let scene = app.scene(SCENE)?;
    let mut wanted: Vec<ClaimPath> = scene
        .fields
        .iter()
        .map(|field| ClaimPath::of_names(&field.path.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    wanted.push(ClaimPath::of_names(&["assurance_level"]));
    let shown = SdJwt::parse(template.batch(app, &holder)?.first().ok_or("a batch has copies")?, &Limits::default())?
        .select(&wanted)?;
    let binding = Binding { audience: AUDIENCE, nonce: NONCE, now: template.now };
    let presentation = shown.with_key_binding(&kb_jwt::create(&shown, &binding, &holder)?);
    let expectation = Expectation { nonce: NONCE, audience: AUDIENCE, scene, vct: vc::CARD_VCT, now: template.now };
    let list = token::verify(&status_list(app, &uri, template.now)?, &uri, &app.anchors.status, template.now)?;
    let lists = [(uri, ListEvidence::Verified(&list))];
    let evidence = Evidence { anchors: &app.anchors, status_lists: &lists };
    compare_judging(report, &presentation, || {
        let verdict = mibun_verifying::judge(&presentation, &expectation, &evidence);
        let refused = || format!("the card was refused: {:?}", verdict.refusal).into();
        if verdict.is_accepted() { Ok(()) } else { Err(refused()) }
    })
}

/// Judging beside the bare verifications, and beside them and the hashes that RFC 9901 asks of any reader.
fn compare_judging(
    report: &mut Report,
    presentation: &str,
    judge: impl Fn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let floor = Floor::new()?;
    let judged = beside(|| floor.verify(), &judge)?;
    let hashed = beside(|| floor.verify_and_hash(presentation), &judge)?;
    report.add(Line::new("floor.verify", "P-256 verifications (floor)", judged.floor, "/s per core", judged.floor_n));
    let words = "presentations judged by the library (3 verifications each: certificate, card, holder's key)";
    report.add_rate("library.judge", words, &judged, f64::from(SIGNATURES));
    let words = "3 verifications and the hashes of what is shown, a portrait with it (RFC 9901)";
    report.add(Line::new("floor.presentation", words, hashed.floor, "/s per core", hashed.floor_n));
    report.add_rate("library.judge.hashed", "presentations judged by the library, beside that", &hashed, 1.0);
    Ok(())
}

pub(crate) fn status_list(app: &App, uri: &str, now: Timestamp) -> Result<String, Failure> {
    let bits = StatusList::new(2, 1 << app.config.card.status_list_bits)?;
    let claims = token::Claims {
        subject: uri.to_owned(),
        issued_at: now,
        expires_at: Some(now.plus_days(1)),
        ttl: Some(u64::from(app.config.card.status_ttl_seconds)),
    };
    let signer = &app.keys.status_signer;
    Ok(token::encode(&claims, &bits, &signer.x5c(), &*signer.signer)?)
}
