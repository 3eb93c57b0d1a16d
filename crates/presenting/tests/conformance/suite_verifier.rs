//! The suite as a verifier: asks in every way, rightly and wrongly, and looks at the answer in full.

use mibun_card::mdoc::OWN_NAMESPACE;
use mibun_card::mdoc::elements::PID;
use mibun_card::vc::CARD_VCT;
use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, EphemeralKey};
use mibun_crypto::jws;
use mibun_presenting::dc_api::{self, Protocol};
use mibun_presenting::dcql::VpToken;
use mibun_presenting::request::{REQUEST_TYP, STATIC_AUDIENCE};
use mibun_presenting::response::{Expected, Received, receive};
use mibun_presenting::session::Handover;
use mibun_verifying::{Evidence, Expectation, ListEvidence, MdocExpectation, Verdict};
use serde_json::{Map, Value, json};

use crate::world::{KID, LIST, NOW, Party, page, world};
use crate::{Posted, Sent, Way};

/// 43 characters, as the suite's alternate flow has them.
pub const NONCE: &str = "pB7nMzX3fYwQ2kLs9VtRc6HdJg4eUaTo1iKxZb5Nq8W";
/// 64 characters.
pub const STATE: &str = "Zx9Cv8Bn7Mq6Wp5Er4Ty3Ui2Op1As0Df-Gh_Jk9Lz8Xc7Vb6Nm5Qw4Et3Ry2Uz1I";
pub const RESPONSE_URI: &str = "https://hotel.example/vp/responses/1";
const LINK: &str = "openid4vp://?";

pub fn key() -> EphemeralKey {
    EphemeralKey::generate(&mut SeededEntropy::new("suite"))
}

/// What the suite asks in this way, before it is signed. Members that nobody knows are sprinkled in.
pub fn payload(way: Way) -> Value {
    let mut payload = json!({
        "response_type": "vp_token",
        "response_mode": "dc_api.jwt",
        "nonce": NONCE,
        "dcql_query": { "credentials": [{
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": { "vct_values": [CARD_VCT] },
            "claims": [
                { "path": ["assurance_level"] },
                { "path": ["family_name"] },
                { "path": ["given_name"] },
                { "path": ["address", "formatted"] },
            ],
        }] },
        "client_metadata": {
            "jwks": { "keys": [key().public_jwk(KID)] },
            "encrypted_response_enc_values_supported": ["A128GCM", "A256GCM"],
            "vp_formats_supported": { "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] } },
        },
        "sprinkled": { "by": ["the", "suite"] },
    });
    match way {
        Way::Redirect => {
            payload["client_id"] = world().hotel.client_id().into();
            payload["aud"] = STATIC_AUDIENCE.into();
            payload["response_mode"] = "direct_post.jwt".into();
            payload["response_uri"] = RESPONSE_URI.into();
            payload["state"] = STATE.into();
        }
        Way::Unsigned => {}
        Way::Signed => {
            payload["client_id"] = world().hotel.client_id().into();
            payload["expected_origins"] = json!([page().as_str()]);
        }
        Way::Multisigned => payload["expected_origins"] = json!([page().as_str()]),
    }
    payload
}

/// The request after `change`, sent in this way.
pub fn ask(way: Way, change: impl FnOnce(&mut Value)) -> Sent {
    let mut payload = payload(way);
    change(&mut payload);
    send(way, &payload)
}

pub fn send(way: Way, payload: &Value) -> Sent {
    match way {
        Way::Redirect => Sent::Object { link: link(""), object: signed(&world().hotel, payload, None) },
        Way::Unsigned => call(Protocol::Unsigned, payload.clone()),
        Way::Signed => call(Protocol::Signed, json!({ "request": signed(&world().hotel, payload, None) })),
        Way::Multisigned => {
            let (hotel, elsewhere) = (&world().hotel, &world().elsewhere);
            call(Protocol::Multisigned, json!({ "request": general(payload, &[elsewhere, hotel]) }))
        }
    }
}

fn call(protocol: Protocol, data: Value) -> Sent {
    Sent::Call { protocol: protocol.name(), data }
}

/// The link to the request, with its parameters in an order of the suite's own.
pub fn link(more: &str) -> String {
    let client_id = world().hotel.client_id();
    format!("{LINK}request_uri=https%3A%2F%2Fhotel.example%2Fr%2F1&sprinkled=1{more}&client_id={client_id}")
}

/// The JWS JSON serialisation with a signature of each.
pub fn general(payload: &Value, signers: &[&Party]) -> Value {
    let messages: Vec<String> =
        signers.iter().map(|signer| signed(signer, payload, Some(signer.client_id()))).collect();
    let parts: Vec<Vec<&str>> = messages.iter().map(|message| message.split('.').collect()).collect();
    let signatures: Vec<Value> =
        parts.iter().map(|parts| json!({ "protected": parts[0], "signature": parts[2] })).collect();
    json!({ "payload": parts[0][1], "signatures": signatures })
}

pub fn signed(by: &Party, payload: &Value, client_id: Option<String>) -> String {
    let x5c: Vec<Value> = by.chain.iter().map(|der| base64url::encode_standard(der).into()).collect();
    let mut header = Map::from_iter([("typ".to_owned(), REQUEST_TYP.into()), ("x5c".to_owned(), x5c.into())]);
    header.extend(client_id.map(|id| ("client_id".to_owned(), id.into())));
    jws::sign(header, payload.to_string().as_bytes(), &by.key).expect("the key signs")
}

/// What came back, decrypted.
pub fn received(posted: &Posted) -> Received {
    let key = key();
    let expected = Expected::Encrypted { key: &key, kid: KID };
    let limits = Limits { bytes: 512 * 1024, ..Limits::default() };
    let received = match posted {
        Posted::Form(form) => receive(form, &expected, &limits),
        Posted::Data { protocol, data } => dc_api::receive((protocol, data), &Protocol::ALL, &expected, &limits),
    };
    received.expect("our wallet sends what can be read")
}

/// The header of the envelope.
pub fn envelope(posted: &Posted) -> jwe::Header {
    let text = match posted {
        Posted::Form(form) => form.iter().find(|(name, _)| name == "response").map(|(_, value)| value.as_str()),
        Posted::Data { data, .. } => data["response"].as_str(),
    };
    let limits = Limits { bytes: 512 * 1024, ..Limits::default() };
    let both = [jwe::Enc::A256Gcm, jwe::Enc::A128Gcm];
    jwe::decrypt(text.expect("an envelope"), &key(), &both, &limits).expect("it decrypts").header
}

/// The token in an answer, with the state that must come back.
pub fn answered(way: Way, posted: &Posted, state: Option<&str>) -> VpToken {
    let Received::Answer { token, state: came_back } = received(posted) else { panic!("an answer was awaited") };
    assert_eq!(came_back.as_deref(), state.filter(|_| way == Way::Redirect));
    token
}

/// The same question about a document. The handover is the suite's own.
pub fn payload_in_mdoc(way: Way) -> Value {
    let mut payload = payload(way);
    let (space, own) = ("eu.europa.ec.eudi.pid.1", OWN_NAMESPACE);
    let claims = [(own, "assurance_level"), (space, "family_name"), (space, "given_name"), (space, "resident_address")];
    payload["dcql_query"]["credentials"][0] = json!({
        "id": "pid",
        "format": "mso_mdoc",
        "meta": { "doctype_value": PID.doc_type },
        "claims": claims.map(|(space, name)| json!({ "path": [space, name], "intent_to_retain": false })),
    });
    payload["client_metadata"]["vp_formats_supported"] =
        json!({ "mso_mdoc": { "issuerauth_alg_values": [-7], "deviceauth_alg_values": [-7] } });
    payload
}

/// The judgement on a document shown to the suite.
pub fn verdict_in_mdoc(way: Way, response: &[u8]) -> Verdict {
    let jwk = key().public_jwk(KID);
    let handover = match way {
        Way::Redirect => Handover::redirect(&world().hotel.client_id(), NONCE, Some(&jwk), RESPONSE_URI),
        Way::Unsigned | Way::Signed | Way::Multisigned => Handover::dc_api(page().as_str(), NONCE, Some(&jwk)),
    };
    let expectation = MdocExpectation {
        transcript: &handover.transcript(),
        reader_key: None,
        scene: &world().scene,
        document_type: &PID,
        now: NOW,
    };
    let lists = [(LIST.to_owned(), ListEvidence::Token(&world().list))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    mibun_verifying::judge_mdoc(response, &expectation, &evidence)
}

/// The judgement on a presentation to the suite.
pub fn verdict(way: Way, presentation: &str) -> Verdict {
    let audience = match way {
        Way::Redirect => world().hotel.client_id(),
        Way::Unsigned | Way::Signed | Way::Multisigned => page().audience(),
    };
    let expectation = Expectation { nonce: NONCE, audience: &audience, scene: &world().scene, vct: CARD_VCT, now: NOW };
    let lists = [(LIST.to_owned(), ListEvidence::Token(&world().list))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    mibun_verifying::judge(presentation, &expectation, &evidence)
}
