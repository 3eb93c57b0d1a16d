//! A card as an mdoc through the browser's API: in OpenID4VP, in the protocol of ISO/IEC 18013-7 annex C, and where either
//! format will do.

use mibun_card::mdoc::annex_c::{self, EncryptionInfo};
use mibun_card::mdoc::{DeviceRequest, IssuerSigned, SessionTranscript, Showing};
use mibun_crypto::base64url;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::SoftwareKey;
use mibun_presenting::dc_api::{BrowserRequest, Call, IsoRequest};
use mibun_presenting::dcql::{CredentialQuery, Query, VpToken};
use mibun_presenting::session::Handover;
use mibun_server::entropy::SystemEntropy;
use mibun_wallet::Choice;
use serde_json::{Value, json};

use crate::mdoc::{holder, part, token};
use crate::support::Town;
use crate::support::calling::{Called, SIGNED, sealed};
use crate::support::wire::{Reply, send};

const ISO: &str = "org-iso-mdoc";

/// The answer in OpenID4VP, under this name.
fn answered(request: &BrowserRequest, id: &str, document: &IssuerSigned, device: &SoftwareKey) -> VpToken {
    let Handover::DcApi { origin, nonce, jwk_thumbprint } = &request.handover else { panic!("asked in a page") };
    let transcript = SessionTranscript::openid4vp_dc_api(origin, nonce, jwk_thumbprint.as_ref());
    let asked = request.query.credential(id).expect("it is asked for").clone();
    let query =
        Query { credentials: vec![CredentialQuery { id: Query::CARD.into(), ..asked }], credential_sets: Vec::new() };
    let shown = Showing::new(part(document, &query), Vec::new(), &transcript);
    let mut token = VpToken::default();
    token.add_device_response(id, &shown.sign(device).expect("the key signs"));
    token
}

async fn called(town: &Town) -> Called {
    town.calls(json!({ "format": "mso_mdoc" })).await
}

fn sees_the_name(reply: &Reply) {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let view = reply.json();
    assert_eq!(view["state"], "verified", "{view}");
    let fields = view["verdict"]["fields"].as_array().expect("fields");
    let family_name = fields.iter().find(|field| field["path"] == json!(["family_name"])).expect("it is asked for");
    assert_eq!(family_name["value"], "Aokigahara");
}

#[tokio::test]
async fn an_mdoc_is_shown_in_openid4vp() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called(&town).await;
    let request = town.read(&called).await;
    let token = answered(&request, Query::CARD, &document, &device);
    sees_the_name(&send(town.brings(&called, SIGNED, &sealed(&request, &token))).await);
}

async fn called_for_either(town: &Town) -> Called {
    town.calls(json!({ "format": "either" })).await
}

#[tokio::test]
async fn where_either_will_do_an_mdoc_will() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called_for_either(&town).await;
    let request = town.read(&called).await;
    let token = answered(&request, Query::CARD_IN_MDOC, &document, &device);
    sees_the_name(&send(town.brings(&called, SIGNED, &sealed(&request, &token))).await);
}

#[tokio::test]
async fn where_either_will_do_an_mdoc_in_the_protocol_of_iso_will() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called_for_either(&town).await;
    let answer = asked(&town, &called).await.answer(&document, &device, town.origin().as_str());
    sees_the_name(&send(town.brings(&called, ISO, &answer)).await);
}

#[tokio::test]
async fn where_either_will_do_a_wallet_without_mdocs_shows_its_card() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let called = called_for_either(&town).await;
    let requests = town.requests(&called).await;
    let call = Call { origin: &town.origin(), protocol: SIGNED, data: &requests[0]["data"] };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    let data = wallet.answer_call(prepared).await.expect("an answer");
    sees_the_name(&send(town.brings(&called, SIGNED, &data)).await);
}

#[tokio::test]
async fn where_either_will_do_both_at_once_are_refused() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called_for_either(&town).await;
    let request = town.read(&called).await;
    let mut token = answered(&request, Query::CARD_IN_MDOC, &document, &device);
    token.add(Query::CARD, "e30.e30.e30~");
    town.refuses(town.brings(&called, SIGNED, &sealed(&request, &token)), 422, "answer_not_asked_for").await;
    assert_eq!(town.sees(&called.asked).await["state"], "waiting");
}

#[tokio::test]
async fn an_mdoc_in_a_session_of_the_redirect_flow_is_refused() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called(&town).await;
    let request = town.read(&called).await;
    let client_id = &request.signer.as_ref().expect("it is signed").client_id;
    let transcript = SessionTranscript::openid4vp(client_id, &request.nonce, None, "https://hotel.example");
    let shown = Showing::new(part(&document, &request.query), Vec::new(), &transcript);
    let response = shown.sign(&device).expect("the key signs");
    let reply = send(town.brings(&called, SIGNED, &sealed(&request, &token(&response)))).await;
    assert_eq!(reply.json()["verdict"]["refusal"]["code"], "invalid_device_proof", "{}", reply.text());
}

/// What a wallet of the other protocol makes of a call: whom it encrypts to, and what it is asked for.
struct Asked {
    info: EncryptionInfo,
    encoded: String,
    request: DeviceRequest,
}

async fn asked(town: &Town, called: &Called) -> Asked {
    let requests = town.requests(called).await;
    let protocols: Vec<&Value> = requests.iter().map(|request| &request["protocol"]).collect();
    assert_eq!(protocols, [SIGNED, ISO]);
    let encoded = requests[1]["data"]["encryptionInfo"].as_str().expect("a text").to_owned();
    let read = IsoRequest::read(&requests[1]["data"]).expect("a call");
    let info = EncryptionInfo::from_base64url(&encoded).expect("whom to encrypt to");
    Asked { info, encoded, request: DeviceRequest::parse(&read.device_request).expect("a request") }
}

impl Asked {
    fn transcript(&self, origin: &str) -> SessionTranscript {
        SessionTranscript::iso_dc_api(&self.encoded, origin)
    }

    /// What was asked for and the document has.
    fn part(&self, document: &IssuerSigned) -> IssuerSigned {
        let wanted = self.request.documents[0].items.elements.iter();
        let wanted = wanted.map(|(namespace, name, _)| (namespace.as_str(), name.as_str()));
        let held: Vec<_> = wanted.filter(|(namespace, name)| document.item(namespace, name).is_some()).collect();
        document.select(&held).expect("it has them")
    }

    /// The answer of a wallet that the page at `origin` called.
    fn answer(&self, document: &IssuerSigned, device: &SoftwareKey, origin: &str) -> Value {
        let transcript = self.transcript(origin);
        let shown = Showing::new(self.part(document), Vec::new(), &transcript);
        let response = shown.sign(device).expect("the key signs");
        self.seal(&response, &self.info, &transcript)
    }

    fn seal(&self, response: &[u8], info: &EncryptionInfo, transcript: &SessionTranscript) -> Value {
        let text = annex_c::seal(response, info, transcript, &mut SystemEntropy::new()).expect("an envelope");
        json!({ "response": text })
    }
}

#[tokio::test]
async fn an_mdoc_is_shown_in_the_protocol_of_iso() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called(&town).await;
    let asked = asked(&town, &called).await;
    let origin = town.origin();
    let anchors = [town.app.keys.root.clone()];
    let reader = asked.request.documents[0].reader(&asked.transcript(origin.as_str()), &anchors, town.app.clock.now());
    let reader = reader.expect("the reader is who it says").expect("it is signed");
    assert_eq!(reader.subject_org(), Some("Utopia Grand Hotel"));
    let answer = asked.answer(&document, &device, origin.as_str());
    sees_the_name(&send(town.brings(&called, ISO, &answer)).await);
    town.refuses(town.brings(&called, ISO, &answer), 409, "already_answered").await;
}

#[tokio::test]
async fn both_protocols_ask_for_the_same_elements() {
    let town = Town::open().await;
    let called = called(&town).await;
    let (request, asked) = (town.read(&called).await, asked(&town, &called).await);
    let claims = &request.query.credential(Query::CARD).expect("the one query").claims;
    let items = &asked.request.documents[0].items;
    // CBOR sorts them by namespace and name.
    let asked = items.elements.iter().map(|(namespace, name, keep)| (json!([namespace, name]).to_string(), *keep));
    let queried = claims.iter().map(|claim| (claim.path.to_value().to_string(), claim.intent_to_retain));
    let [asked, queried]: [std::collections::BTreeMap<_, _>; 2] = [asked.collect(), queried.collect()];
    assert_eq!(asked, queried);
    assert_eq!(asked.len(), claims.len());
    assert_eq!(items.doc_type, "eu.europa.ec.eudi.pid.1");
}

#[tokio::test]
async fn without_encryption_the_protocol_of_iso_is_not_offered() {
    let town = Town::open().await;
    let called = town.calls(json!({ "format": "mso_mdoc", "encrypted": false })).await;
    assert_eq!(town.requests(&called).await.len(), 1);
    town.refuses(town.brings(&called, ISO, &json!({ "response": "gQ" })), 422, "wrong_protocol").await;
}

/// The page brings something that is not even judged: it is refused by this name, and the check goes on.
async fn refused(code: &str, remake: impl FnOnce(&Asked, &IssuerSigned, &SoftwareKey, &str) -> Value) {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called(&town).await;
    let asked = asked(&town, &called).await;
    let origin = town.origin();
    let data = remake(&asked, &document, &device, origin.as_str());
    town.refuses(town.brings(&called, ISO, &data), 422, code).await;
    assert_eq!(town.sees(&called.asked).await["state"], "waiting");
    let answer = asked.answer(&document, &device, origin.as_str());
    sees_the_name(&send(town.brings(&called, ISO, &answer)).await);
}

#[tokio::test]
async fn an_answer_for_another_origin_is_refused() {
    refused("answer_not_decrypted", |asked, document, device, _| {
        asked.answer(document, device, "https://phisher.example")
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_another_key_is_refused() {
    refused("answer_not_decrypted", |asked, _, _, origin| {
        let mut entropy = SystemEntropy::new();
        let foreign = EncryptionInfo::new(&EphemeralKey::generate(&mut entropy), &mut entropy);
        asked.seal(b"\xa0", &foreign, &asked.transcript(origin))
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_another_check_is_refused() {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let (first, second) = (called(&town).await, called(&town).await);
    let answer = asked(&town, &first).await.answer(&document, &device, town.origin().as_str());
    town.refuses(town.brings(&second, ISO, &answer), 422, "answer_not_decrypted").await;
}

#[tokio::test]
async fn malformed_envelopes_are_refused() {
    for data in [json!({}), json!("x"), json!({ "response": "+/=" }), json!({ "response": base64url::encode(b"\xa0") })]
    {
        refused("answer_malformed", |_, _, _, _| data).await;
    }
}

/// What opens is judged, and refused for this reason.
async fn judged(refusal: &str, remake: impl AsyncFnOnce(&Town, &Asked, &IssuerSigned, &SoftwareKey) -> Value) {
    let town = Town::open().await;
    let (document, device) = holder(&town).await;
    let called = called(&town).await;
    let asked = asked(&town, &called).await;
    let data = remake(&town, &asked, &document, &device).await;
    let reply = send(town.brings(&called, ISO, &data)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let verdict = &reply.json()["verdict"];
    assert_eq!((&verdict["outcome"], &verdict["refusal"]["code"]), (&"refused".into(), &refusal.into()));
    assert_eq!(verdict["fields"], json!([]));
    assert_eq!(town.guests(&called.asked.scene).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_device_proof_for_another_origin_is_refused() {
    judged("invalid_device_proof", async |town, asked, document, device| {
        let other = asked.transcript("https://phisher.example");
        let shown = Showing::new(asked.part(document), Vec::new(), &other).sign(device).expect("the key signs");
        asked.seal(&shown, &asked.info, &asked.transcript(town.origin().as_str()))
    })
    .await;
}

#[tokio::test]
async fn a_device_proof_of_another_key_is_refused() {
    judged("invalid_device_proof", async |town, asked, document, _| {
        asked.answer(document, &crate::support::issuing::key(), town.origin().as_str())
    })
    .await;
}

#[tokio::test]
async fn a_revoked_mdoc_is_refused() {
    judged("revoked", async |town, asked, document, device| {
        town.revoke_all().await;
        asked.answer(document, device, town.origin().as_str())
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_no_response_is_refused() {
    judged("malformed", async |town, asked, _, _| {
        asked.seal(b"\xa0", &asked.info, &asked.transcript(town.origin().as_str()))
    })
    .await;
}
