//! Cards as SD-JWT VC, shown with key binding.

use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::key::{Signer, SoftwareKey};
use serde_json::{Map, Value, json};

use super::json::{self, Spelling};
use super::jws::{signed, with_odd_member};
use super::{Changed, Class, Dice, Expect, class, text};
use crate::world::{LIMITS, NONCE, bound, world};

mod disclosures;

pub use disclosures::CLASSES as DISCLOSURES;

/// Classes that no key knows of.
pub const UNSIGNED: [Class; 10] = text::classes!(base);

/// Classes that issuer and holder sign, and those about who signs.
pub const SIGNED: [Class; 16] = [
    class("spaced", Expect::Accept, |dice| spelt(Spelling::Spaced, dice)),
    class("members in another order", Expect::Accept, |dice| spelt(Spelling::Shuffled, dice)),
    class("escaped", Expect::Accept, |dice| spelt(Spelling::Escaped, dice)),
    class("a member twice", Expect::Refuse, doubled),
    class("another header", Expect::Either, |dice| changed_part(Part::Header, dice)),
    class("a header of registered names", Expect::Either, |dice| registered(Part::Header, dice)),
    class("another payload", Expect::Either, |dice| changed_part(Part::Payload, dice)),
    class("another header of the key binding", Expect::Either, |dice| changed_part(Part::ProofHeader, dice)),
    class("a key binding's header of registered names", Expect::Either, |dice| registered(Part::ProofHeader, dice)),
    class("another key binding", Expect::Either, |dice| changed_part(Part::Proof, dice)),
    class("a key binding for another showing", Expect::Refuse, other_showing),
    class("no key binding", Expect::Refuse, unbound),
    class("a card of another issuer", Expect::Refuse, other_issuer),
    class("a key binding of another holder", Expect::Refuse, other_holder),
    class("issuer and holder in each other's place", Expect::Refuse, each_other),
    class("another type", Expect::Either, other_type),
];

/// What is signed, before it is.
pub(super) struct Draft {
    pub(super) header: Value,
    pub(super) payload: Value,
    pub(super) disclosures: Vec<String>,
    pub(super) proof_header: Value,
    /// Without `sd_hash`, unless it is to be another than it should.
    pub(super) proof: Value,
}

/// A signed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Payload,
    ProofHeader,
    Proof,
}

const PARTS: [Part; 4] = [Part::Header, Part::Payload, Part::ProofHeader, Part::Proof];

impl Draft {
    /// What the fixture shows.
    pub(super) fn new() -> Self {
        let (shown, proof) = world().presentation.rsplit_once('~').expect("a key binding follows");
        let mut parts = shown.split('~');
        let token = parts.next().expect("what the issuer signed");
        let read = |token: &str, at: usize| {
            let part = token.split('.').nth(at).expect("three parts");
            serde_json::from_slice(&base64url::decode(part).expect("base64url")).expect("JSON")
        };
        let mut proof_payload: Value = read(proof, 1);
        proof_payload.as_object_mut().expect("an object").remove("sd_hash");
        Self {
            header: read(token, 0),
            payload: read(token, 1),
            disclosures: parts.map(str::to_owned).collect(),
            proof_header: read(proof, 0),
            proof: proof_payload,
        }
    }

    fn part(&mut self, part: Part) -> &mut Value {
        match part {
            Part::Header => &mut self.header,
            Part::Payload => &mut self.payload,
            Part::ProofHeader => &mut self.proof_header,
            Part::Proof => &mut self.proof,
        }
    }

    /// Signed by issuer and holder.
    pub(super) fn finish(self) -> Changed {
        self.finish_as(Value::to_string, (&world().issuer, &world().holder))
    }

    /// Written by `write`, and signed by these as issuer and holder.
    fn finish_as(self, mut write: impl FnMut(&Value) -> String, keys: (&SoftwareKey, &SoftwareKey)) -> Changed {
        let token = signed(&write(&self.header), write(&self.payload).as_bytes(), keys.0);
        let shown = [token].into_iter().chain(self.disclosures).fold(String::new(), |text, part| text + &part + "~");
        let mut proof = self.proof;
        if let Some(members) = proof.as_object_mut() {
            members.entry("sd_hash").or_insert_with(|| base64url::encode(&sha256(shown.as_bytes())).into());
        }
        let proof = signed(&write(&self.proof_header), write(&proof).as_bytes(), keys.1);
        Changed::es256(shown + &proof)
    }

    /// With the text of one part written otherwise.
    fn finish_with(self, part: Part, text: &str) -> Changed {
        let mut at = PARTS.iter();
        self.finish_as(
            |value| if at.next() == Some(&part) { text.to_owned() } else { value.to_string() },
            (&world().issuer, &world().holder),
        )
    }
}

fn base(_: &mut Dice) -> Changed {
    Changed::es256(world().presentation.clone())
}

fn spelt(spelling: Spelling, dice: &mut Dice) -> Changed {
    Draft::new().finish_as(|value| json::spell(value, spelling, dice), (&world().issuer, &world().holder))
}

fn doubled(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let part = dice.pick(&PARTS);
    if part == Part::Proof {
        draft.proof["sd_hash"] = shown_hash().into();
    }
    let text = json::spell(draft.part(part), Spelling::Doubled, dice);
    // The disclosures are hashed with what the issuer signs, which is signed only now.
    if part == Part::Proof { resigned_proof(&text) } else { draft.finish_with(part, &text) }
}

/// The `sd_hash` of the fixture.
fn shown_hash() -> String {
    let (shown, _) = world().presentation.rsplit_once('~').expect("a key binding follows");
    base64url::encode(&sha256(format!("{shown}~").as_bytes()))
}

/// The fixture's showing with a proof of this payload.
fn resigned_proof(payload: &str) -> Changed {
    let (shown, _) = world().presentation.rsplit_once('~').expect("a key binding follows");
    let header = Draft::new().proof_header.to_string();
    Changed::es256(format!("{shown}~{}", signed(&header, payload.as_bytes(), &world().holder)))
}

fn changed_part(part: Part, dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    if part == Part::Proof {
        let mut proof = draft.proof.clone();
        proof["sd_hash"] = shown_hash().into();
        json::change(&mut proof, dice);
        return resigned_proof(&proof.to_string());
    }
    json::change(draft.part(part), dice);
    draft.finish()
}

fn registered(part: Part, dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let text = with_odd_member(draft.part(part), dice);
    draft.finish_with(part, &text)
}

fn other_showing(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let others = [
        ("nonce", json!("another")),
        ("nonce", json!(NONCE.to_lowercase())),
        ("aud", json!("https://other.example")),
        ("aud", json!(["https://other.example"])),
        ("sd_hash", json!("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")),
        ("sd_hash", json!(shown_hash() + "=")),
        ("sd_hash", json!("")),
    ];
    let (name, value) = dice.pick(&others);
    draft.proof[name] = value;
    draft.finish()
}

fn unbound(dice: &mut Dice) -> Changed {
    let (shown, proof) = world().presentation.rsplit_once('~').expect("a key binding follows");
    let tokens = [format!("{shown}~"), shown.to_owned(), format!("{shown}~~{proof}"), format!("{shown}~{proof}~")];
    Changed::es256(dice.pick(&tokens))
}

fn other_issuer(dice: &mut Dice) -> Changed {
    let other = SoftwareKey::generate(dice.entropy());
    let mut draft = Draft::new();
    if dice.coin() {
        draft.header["jwk"] = other.public_key().to_jwk().to_value();
    }
    draft.finish_as(Value::to_string, (&other, &world().holder))
}

fn other_holder(dice: &mut Dice) -> Changed {
    let other = SoftwareKey::generate(dice.entropy());
    let mut draft = Draft::new();
    if dice.coin() {
        draft.proof_header["jwk"] = other.public_key().to_jwk().to_value();
    }
    draft.finish_as(Value::to_string, (&world().issuer, &other))
}

fn each_other(_: &mut Dice) -> Changed {
    Draft::new().finish_as(Value::to_string, (&world().holder, &world().issuer))
}

fn other_type(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let types = ["vc+sd-jwt", "DC+SD-JWT", "application/dc+sd-jwt", "JWT", "kb+jwt", ""];
    let part = dice.pick(&[Part::Header, Part::ProofHeader]);
    draft.part(part)["typ"] = (dice.pick(&types)).into();
    draft.finish()
}

/// The presentation of these disclosures, hashed and signed as it should be.
fn shown(disclosures: Vec<String>) -> Changed {
    let token = world().presentation.split('~').next().expect("what the issuer signed");
    let text = [token.to_owned()].into_iter().chain(disclosures).fold(String::new(), |text, part| text + &part + "~");
    // Nothing here needs a token that processes: the hash is over the text.
    match SdJwt::parse(&text, &LIMITS) {
        Ok(token) => Changed::es256(bound(&token, &world().holder)),
        Err(_) => Changed::es256(text),
    }
}

/// Adds `disclosure` to what the issuer signs and the holder shows.
fn disclosed(disclosure: &Value, draft: &mut Draft) {
    disclosed_as(&disclosure.to_string(), draft);
}

fn disclosed_as(text: &str, draft: &mut Draft) {
    let text = base64url::encode(text.as_bytes());
    let digest = base64url::encode(&sha256(text.as_bytes()));
    draft.payload["_sd"].as_array_mut().expect("digests").push(digest.into());
    draft.disclosures.push(text);
}

/// The members of an object of the draft.
fn members(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("an object")
}
