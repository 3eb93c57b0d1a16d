//! The modules of both plans that apply to a card in mdoc, beside those that do not look at the card.

use mibun_card::CardFormat;
use mibun_card::mdoc::{DeviceResponse, OWN_NAMESPACE};
use mibun_crypto::key::Jwk;
use mibun_presenting::dcql::VpToken;
use mibun_presenting::request::{Fetch, FetchMethod, RequestLink, UriPolicy};
use mibun_presenting::response::{ErrorCode, Received};
use mibun_verifying::Refusal;
use serde_json::{Value, json};

use crate::our_verifier::{Exchange, Reply};
use crate::our_wallet::wallet;
use crate::suite_verifier::{STATE, answered, payload_in_mdoc, received, send, verdict_in_mdoc};
use crate::suite_wallet::{Read, Session, read};
use crate::{Sent, Way, in_ways};

const PID: &str = "eu.europa.ec.eudi.pid.1";

fn asked(way: Way) -> (Exchange, Read) {
    let mut exchange = Exchange::open_in(CardFormat::Mdoc, way, "exchange");
    let sent = exchange.request(None).expect("the first fetch");
    (exchange, read(&sent))
}

fn accepts(exchange: &mut Exchange, request: &Read) {
    let reply = exchange.take(&request.answer_in_mdoc(|_| {}));
    let Reply::Judged(verdict, page) = reply else { panic!("{reply:?}") };
    assert!(verdict.is_accepted(), "{:?}", verdict.refusal);
    assert_eq!(page.is_some(), exchange.way == Way::Redirect);
}

/// Refused, and the exchange stays open for the right answer.
fn refuses(way: Way, change: impl FnOnce(&mut Session)) {
    let (mut exchange, request) = asked(way);
    let before = exchange.transaction.clone();
    let Reply::Judged(verdict, None) = exchange.take(&request.answer_in_mdoc(change)) else { panic!("it can be read") };
    assert_eq!(verdict.refusal, Some(Refusal::InvalidDeviceProof));
    assert_eq!(exchange.transaction, before, "nothing was spent");
    accepts(&mut exchange, &request);
}

/// What our wallet shows to the question after `change`.
fn shown(way: Way, change: impl FnOnce(&mut Value)) -> VpToken {
    let mut asked = payload_in_mdoc(way);
    change(&mut asked);
    let done = wallet(&send(way, &asked));
    let Some(posted) = done.posted.filter(|_| done.refused.is_none()) else { panic!("refused: {:?}", done.refused) };
    answered(way, &posted, Some(STATE))
}

/// The one document for the question, judged by the suite.
fn document(way: Way, answer: &VpToken) -> DeviceResponse {
    let responses = answer.device_responses("pid").expect("base64url");
    let [response] = responses.as_slice() else { panic!("one response was asked for") };
    let verdict = verdict_in_mdoc(way, response);
    let late = [None, Some(Refusal::MissingLevel), Some(Refusal::MissingFields)];
    assert!(late.contains(&verdict.refusal), "genuine, ours and of this session: {:?}", verdict.refusal);
    let response = DeviceResponse::parse(response).expect("a response");
    assert_eq!(response.documents.len(), 1, "one document per response");
    response
}

fn names(response: &DeviceResponse) -> Vec<String> {
    let mut names: Vec<String> =
        response.documents[0].issuer_signed.items().iter().map(|item| item.name.clone()).collect();
    names.sort();
    names
}

mod verifier {
    use super::*;

    in_ways! {
        happy_flow: Redirect Unsigned Signed Multisigned => |way| {
            let (mut exchange, request) = asked(way);
            let formats = &request.payload["client_metadata"]["vp_formats_supported"];
            assert!(formats["mso_mdoc"].is_object());
            accepts(&mut exchange, &request);
        };
        request_uri_method_post: Redirect => |way| {
            let mut exchange = Exchange::open_in(CardFormat::Mdoc, way, "posted");
            let link = RequestLink::parse(&exchange.link(FetchMethod::Post), UriPolicy::Https).expect("our own link");
            assert_eq!(link.method, FetchMethod::Post);
            let form = RequestLink::post_form("w-Q7xE3rTy8UiO2pAs5dFgH").map(|(name, value)| (name.to_owned(), value));
            let fetch = Fetch::read(&form).expect("a good form");
            let request = read(&exchange.request(fetch.wallet_nonce.as_deref()).expect("the first fetch"));
            assert_eq!(request.payload["wallet_nonce"], "w-Q7xE3rTy8UiO2pAs5dFgH");
            accepts(&mut exchange, &request);
        };
        request_uri_fetched_twice: Redirect => |way| {
            let (mut exchange, first) = asked(way);
            let Ok(Sent::Object { object, .. }) = exchange.request(None) else { panic!("still served") };
            let second = read(&Sent::Object { link: String::new(), object });
            assert_eq!(first.payload["nonce"], second.payload["nonce"]);
            accepts(&mut exchange, &second);
        };
        invalid_session_transcript: Redirect Unsigned Signed Multisigned => |way| {
            refuses(way, |session| session.nonce.push('x'));
            refuses(way, |session| session.place.push('/'));
            refuses(way, |session| {
                let other = mibun_crypto::jwe::EphemeralKey::from_bytes(&[9; 32]).expect("a key");
                session.key = Jwk { ..other.public_jwk("other") };
            });
            if way == Way::Redirect {
                refuses(way, |session| session.client_id = "x509_hash:somebody-else".to_owned());
            }
        };
    }
}

mod wallets {
    use super::*;

    in_ways! {
        happy_flow: Redirect Unsigned Signed Multisigned => |way| {
            let answer = shown(way, |_| {});
            let responses = answer.device_responses("pid").expect("base64url");
            assert!(verdict_in_mdoc(way, &responses[0]).is_accepted());
            document(way, &answer);
        };
        fewer_claims_than_available: Redirect Unsigned Signed Multisigned => |way| {
            let claims = json!([{ "path": [PID, "family_name"] }, { "path": [OWN_NAMESPACE, "assurance_level"] }]);
            let answer = shown(way, |asked| asked["dcql_query"]["credentials"][0]["claims"] = claims);
            assert_eq!(names(&document(way, &answer)), ["assurance_level", "family_name"]);
        };
        optional_credential_set: Redirect Unsigned Signed Multisigned => |way| {
            let answer = shown(way, |asked| {
                let other = json!({ "id": "licence", "format": "mso_mdoc", "meta": { "doctype_value": "org.iso.18013.5.1.mDL" } });
                asked["dcql_query"]["credentials"].as_array_mut().expect("credentials").push(other);
                asked["dcql_query"]["credential_sets"] =
                    json!([{ "options": [["pid"]] }, { "options": [["licence"]], "required": false }]);
            });
            document(way, &answer);
            assert!(answer.presentations("licence").is_empty());
        };
        negative_test_required_non_matching_credential: Redirect Unsigned Signed Multisigned => |way| {
            let mut asked = payload_in_mdoc(way);
            asked["dcql_query"]["credentials"][0]["meta"]["doctype_value"] = "org.iso.18013.5.1.mDL".into();
            let done = wallet(&send(way, &asked));
            assert_eq!((done.refused, done.shown), (Some(ErrorCode::AccessDenied), 0));
            let told = received(&done.posted.expect("the verifier is told"));
            assert!(matches!(told, Received::Declined { code: ErrorCode::AccessDenied, .. }));
        };
    }
}
