//! Judging what a wallet answers, in both formats, in the open and encrypted, beside the primitives that takes.

use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use mibun_card::kb_jwt::{self, Binding};
use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{
    Edition, EditionSpec, IssuerSigned, KeyAuthorizations, OWN_NAMESPACE, SessionTranscript, Showing,
};
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_card::vc;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_presenting::dcql::{Query, VpToken};
use mibun_server::app::App;
use mibun_status::token::{self, VerifiedList};
use mibun_verifying::{Evidence, Expectation, ListEvidence, MdocExpectation, Verdict};
use serde_json::json;

use crate::Failure;
use crate::clock::beside;
use crate::installation::SCENE;
use crate::library::{AUDIENCE, Floor, NONCE, SIGNATURES, Template, status_list};
use crate::report::{Line, Report};

const RESPONSE_URI: &str = "https://bench.example/vp/responses/1";
/// An answer with a portrait.
const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 16, nodes: 2000 };

/// What all answers of a run are judged by.
struct Desk<'a> {
    app: &'a App,
    template: Template,
    holder: SoftwareKey,
    list: VerifiedList,
    uri: String,
    /// To which wallets encrypt.
    key: EphemeralKey,
}

/// Measures both formats, each in the open and encrypted.
pub(crate) fn measure(app: &App, report: &mut Report) -> Result<(), Failure> {
    let desk = Desk::new(app)?;
    let floor = Decrypting::new()?;
    let (shown, document) = (desk.presentation()?, desk.response()?);
    let judged = beside(|| floor.verify(), || desk.judge(&shown))?;
    report.add_rate("library.judge.again", "presentations judged (SD-JWT VC), beside 3 verifications", &judged, 1.0);
    let judged = beside(|| floor.verify(), || desk.judge_mdoc(&document))?;
    report.add_rate("library.judge.mdoc", "presentations judged (mdoc), beside 3 verifications", &judged, 1.0);
    let (sealed, sealed_document) = (desk.sealed(&shown)?, desk.sealed_document(&document)?);
    let opened = beside(|| floor.decrypt_and_verify(), || desk.open(&sealed, |token| desk.judge(token)))?;
    let words = "one key agreement (P-256) and 3 verifications";
    report.add(Line::new("floor.decrypt", words, opened.floor, "/s per core", opened.floor_n));
    report.add_rate("library.open.judge", "answers opened and judged (SD-JWT VC), beside that", &opened, 1.0);
    let opened = beside(
        || floor.decrypt_and_verify(),
        || desk.open(&sealed_document, |text| desk.judge_mdoc(&mibun_crypto::base64url::decode(text)?)),
    )?;
    report.add_rate("library.open.judge.mdoc", "answers opened and judged (mdoc), beside that", &opened, 1.0);
    Ok(())
}

/// The primitives of an encrypted answer.
struct Decrypting {
    floor: Floor,
    key: PrivateKey,
    peer: Vec<u8>,
}

impl Decrypting {
    fn new() -> Result<Self, Failure> {
        let (key, peer) = (PrivateKey::generate(&ECDH_P256)?, PrivateKey::generate(&ECDH_P256)?);
        Ok(Self { floor: Floor::new()?, key, peer: peer.compute_public_key()?.as_ref().to_vec() })
    }

    fn verify(&self) -> Result<(), Failure> {
        (0..SIGNATURES).try_for_each(|_| self.floor.verify())
    }

    fn decrypt_and_verify(&self) -> Result<(), Failure> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, &self.peer);
        agreement::agree(&self.key, peer, "no agreement", |secret| {
            std::hint::black_box(secret);
            Ok::<(), &str>(())
        })?;
        self.verify()
    }
}

impl<'a> Desk<'a> {
    fn new(app: &'a App) -> Result<Self, Failure> {
        let uri = app.url("/status/1");
        let template = Template::new(app, &uri)?;
        let now = template.now;
        let list = token::verify(&status_list(app, &uri, now)?, &uri, &app.anchors.status, now)?;
        let mut entropy = app.entropy();
        let (holder, key) = (SoftwareKey::generate(&mut *entropy), EphemeralKey::generate(&mut *entropy));
        drop(entropy);
        Ok(Self { app, template, holder, list, uri, key })
    }

    /// The claims that the scene asks for.
    fn wanted(&self) -> Result<Vec<Vec<String>>, Failure> {
        let fields = self.app.scene(SCENE)?.fields.iter().map(|field| field.path.clone());
        Ok(fields.chain([vec!["assurance_level".to_owned()]]).collect())
    }

    fn presentation(&self) -> Result<String, Failure> {
        let names = self.wanted()?;
        let paths: Vec<ClaimPath> = names
            .iter()
            .map(|path| ClaimPath::of_names(&path.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        let copies = self.template.batch(self.app, &self.holder)?;
        let shown = SdJwt::parse(copies.first().ok_or("a batch has copies")?, &Limits::default())?.select(&paths)?;
        let binding = Binding { audience: AUDIENCE, nonce: NONCE, now: self.template.now };
        Ok(shown.with_key_binding(&kb_jwt::create(&shown, &binding, &self.holder)?))
    }

    fn transcript() -> SessionTranscript {
        SessionTranscript::openid4vp(AUDIENCE, NONCE, None, RESPONSE_URI)
    }

    fn response(&self) -> Result<Vec<u8>, Failure> {
        let signer = &self.app.keys.document_signer;
        let (elements, chain) = (PID.elements_of(&self.template.claims)?, signer.x5c());
        let spec = EditionSpec {
            document_type: &PID,
            elements: &elements,
            authorizations: &KeyAuthorizations::default(),
            issued_at: self.template.now,
            expires_at: self.template.now.plus_days(30),
            x5chain: &chain,
        };
        let edition = Edition::new(&spec, &*signer.signer)?;
        let copy = edition.copy(self.holder.public_key(), &self.template.status, &mut *self.app.entropy())?;
        let document = IssuerSigned::parse(&copy)?;
        let mut wanted = vec![(OWN_NAMESPACE, "assurance_level")];
        for path in &self.wanted()? {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            wanted.extend(PID.elements_for(&path).iter().map(|element| (element.namespace, element.name)));
        }
        wanted.retain(|(namespace, name)| document.item(namespace, name).is_some());
        wanted.dedup();
        Ok(Showing::new(document.select(&wanted)?, Vec::new(), &Self::transcript()).sign(&self.holder)?)
    }

    fn seal(&self, token: &VpToken) -> Result<String, Failure> {
        let payload = json!({ "vp_token": token.to_value() }).to_string();
        let (recipient, party) = (self.key.public_jwk("1"), PartyInfo::default());
        Ok(jwe::encrypt(payload.as_bytes(), &recipient, Enc::A256Gcm, party, &mut *self.app.entropy())?)
    }

    fn sealed(&self, presentation: &str) -> Result<String, Failure> {
        let mut token = VpToken::default();
        token.add(Query::CARD, presentation);
        self.seal(&token)
    }

    fn sealed_document(&self, response: &[u8]) -> Result<String, Failure> {
        let mut token = VpToken::default();
        token.add_device_response(Query::CARD, response);
        self.seal(&token)
    }

    fn open(&self, sealed: &str, judge: impl Fn(&str) -> Result<(), Failure>) -> Result<(), Failure> {
        let opened = jwe::decrypt(sealed, &self.key, &[Enc::A256Gcm], &LIMITS)?;
        let answer = mibun_crypto::json::parse(&opened.payload, &LIMITS)?;
        judge(answer["vp_token"][Query::CARD][0].as_str().ok_or("an answer has a presentation")?)
    }

    fn judge(&self, presentation: &str) -> Result<(), Failure> {
        let (scene, now) = (self.app.scene(SCENE)?, self.template.now);
        let expectation = Expectation { nonce: NONCE, audience: AUDIENCE, scene, vct: vc::CARD_VCT, now };
        let lists = [(self.uri.clone(), ListEvidence::Verified(&self.list))];
        let evidence = Evidence { anchors: &self.app.anchors, status_lists: &lists };
        accepted(&mibun_verifying::judge(presentation, &expectation, &evidence))
    }

    fn judge_mdoc(&self, response: &[u8]) -> Result<(), Failure> {
        let transcript = Self::transcript();
        let expectation = MdocExpectation {
            transcript: &transcript,
            reader_key: None,
            scene: self.app.scene(SCENE)?,
            document_type: &PID,
            now: self.template.now,
        };
        let lists = [(self.uri.clone(), ListEvidence::Verified(&self.list))];
        let evidence = Evidence { anchors: &self.app.anchors, status_lists: &lists };
        accepted(&mibun_verifying::judge_mdoc(response, &expectation, &evidence))
    }
}

fn accepted(verdict: &Verdict) -> Result<(), Failure> {
    if verdict.is_accepted() { Ok(()) } else { Err(format!("refused: {:?}", verdict.refusal).into()) }
}
