//! `oid4vp-1final-wallet-…`: what is demanded of our wallet.

use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::base64url;
use mibun_crypto::jwe::Enc;
use mibun_presenting::dc_api::Protocol;
use mibun_presenting::dcql::VpToken;
use mibun_presenting::request::{Accepting, ClientIdPrefix, UriPolicy};
use mibun_presenting::response::{Acknowledgement, ErrorCode, Received};
use serde_json::{Value, json};

use crate::our_wallet::{Done, WALLET_NONCE, wallet, wallet_accepting};
use crate::suite_verifier::{
    RESPONSE_URI, STATE, answered, ask, envelope, general, link, payload, received, send, signed, verdict,
};
use crate::world::{KID, token, world};
use crate::{Sent, Way, in_ways};

/// The token of a wallet that answers the request after `change`.
fn shown(way: Way, change: impl FnOnce(&mut Value)) -> VpToken {
    let done = wallet(&ask(way, change));
    let Done { posted: Some(posted), refused: None, .. } = done else { panic!("{done:?}") };
    answered(way, &posted, Some(STATE))
}

/// The one presentation for `query`, judged and read.
fn presentation(way: Way, answer: &VpToken, query: &str) -> SdJwt {
    let [text] = answer.presentations(query) else { panic!("one presentation was asked for") };
    let verdict = verdict(way, text);
    let late = [None, Some(mibun_verifying::Refusal::MissingLevel), Some(mibun_verifying::Refusal::MissingFields)];
    assert!(late.contains(&verdict.refusal), "genuine, ours and bound to this request: {:?}", verdict.refusal);
    token(text)
}

fn disclosed(shown: &SdJwt) -> Vec<String> {
    let mut names: Vec<String> = shown.disclosures().iter().filter_map(|one| one.name().map(str::to_owned)).collect();
    names.sort();
    names
}

/// The wallet refused with this code, showed nothing, and told the verifier if it knew whom to tell.
fn refused(done: &Done, code: ErrorCode, told: bool) {
    assert_eq!((done.refused, done.shown), (Some(code), 0));
    match &done.posted {
        Some(posted) if told => {
            let Received::Declined { code: said, .. } = received(posted) else { panic!("a refusal was awaited") };
            assert_eq!(said, code);
        }
        None if !told => {}
        other => panic!("told {other:?}"),
    }
}

in_ways! {
    happy_flow: Redirect Unsigned Signed Multisigned => |way| {
        let done = wallet(&ask(way, |_| {}));
        let posted = done.posted.expect("an answer");
        let answer = answered(way, &posted, Some(STATE));
        let [text] = answer.presentations("pid") else { panic!("one presentation in an array") };
        assert!(verdict(way, text).is_accepted());
        assert_eq!(token(text).jws().header().x5c().len(), 1, "the anchor stays out");
        let header = envelope(&posted);
        assert_eq!((header.kid(), header.enc()), (Some(KID), Enc::A256Gcm), "the stronger of the two");
    };
    alternate_happy_flow: Redirect Unsigned Signed Multisigned => |way| {
        let mut asked = payload(way);
        asked["iss"] = "https://elsewhere.example".into();
        asked["client_metadata"]["sprinkled"] = 1.into();
        let jwk = asked["client_metadata"]["jwks"]["keys"][0].as_object_mut().expect("a key");
        jwk.remove("use");
        assert_eq!(STATE.len(), 64);
        assert!(wallet(&send(way, &asked)).refused.is_none());
        // The redirect_uri in the reply is one that the wallet opens.
        let page = r#"{"redirect_uri":"https://hotel.example/back?response_code=abc#x"}"#;
        let reply = Acknowledgement::parse(page.as_bytes(), UriPolicy::Https).expect("a page to open");
        assert!(reply.redirect_uri.is_some_and(|page| page.query() == Some("response_code=abc")));
    };
    request_uri_method_post: Redirect => |way| {
        let mut asked = payload(way);
        let link = link("&request_uri_method=post");
        let request = |asked: &Value| Sent::Object { link: link.clone(), object: signed(&world().hotel, asked, None) };
        refused(&wallet(&request(&asked)), ErrorCode::InvalidRequest, true);
        asked["wallet_nonce"] = WALLET_NONCE.into();
        assert!(wallet(&request(&asked)).refused.is_none());
    };
    ignores_unusable_encryption_key: Redirect Unsigned Signed Multisigned => |way| {
        let answer = shown(way, |asked| {
            let good = asked["client_metadata"]["jwks"]["keys"][0].clone();
            let post_quantum = json!({ "kty": "AKP", "alg": "ML-KEM-768", "kid": "pq", "pub": "AAAA" });
            asked["client_metadata"]["jwks"]["keys"] = json!([post_quantum, { "kty": "unheard-of", "kid": "x" }, good]);
        });
        presentation(way, &answer, "pid");
    };
    fewer_claims_than_available: Redirect Unsigned Signed Multisigned => |way| {
        let claims = json!([{ "path": ["family_name"] }, { "path": ["nationalities", 1] }]);
        let answer = shown(way, |asked| asked["dcql_query"]["credentials"][0]["claims"] = claims);
        let shown = presentation(way, &answer, "pid");
        assert_eq!(disclosed(&shown), ["family_name", "nationalities"]);
        let claims = shown.process().expect("a card").claims;
        assert_eq!(claims["nationalities"], json!(["NL"]), "one element and no other");
    };
    optional_credential_set: Redirect Unsigned Signed Multisigned => |way| {
        let answer = shown(way, |asked| {
            let other = json!({ "id": "rewards", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:none"] } });
            asked["dcql_query"]["credentials"].as_array_mut().expect("credentials").push(other);
            asked["dcql_query"]["credential_sets"] =
                json!([{ "options": [["pid"]] }, { "options": [["rewards"]], "required": false }]);
        });
        presentation(way, &answer, "pid");
        assert!(answer.presentations("rewards").is_empty());
    };
    no_claims_in_dcql_query: Redirect Unsigned Signed Multisigned => |way| {
        let without = |asked: &mut Value| {
            asked["dcql_query"]["credentials"][0].as_object_mut().expect("a query").remove("claims");
        };
        let shown = presentation(way, &shown(way, without), "pid");
        assert!(shown.disclosures().is_empty());
    };
    negative_test_invalid_request_object_signature: Redirect Signed Multisigned => |way| {
        let asked = payload(way);
        let broken = match way {
            Way::Multisigned => {
                let mut request = general(&asked, &[&world().hotel]);
                request["signatures"][0]["signature"] = base64url::encode(&[7; 64]).into();
                Sent::Call { protocol: Protocol::Multisigned.name(), data: json!({ "request": request }) }
            }
            _ => {
                let object = signed(&world().hotel, &asked, None);
                let (text, _) = object.rsplit_once('.').expect("three parts");
                let object = format!("{text}.{}", base64url::encode(&[7; 64]));
                match way {
                    Way::Redirect => Sent::Object { link: link(""), object },
                    _ => Sent::Call { protocol: Protocol::Signed.name(), data: json!({ "request": object }) },
                }
            }
        };
        // In the redirect flow nobody has proven to listen anywhere.
        refused(&wallet(&broken), ErrorCode::InvalidRequest, way != Way::Redirect);
    };
    multisigned_one_invalid_signature: Multisigned => |way| {
        let mut request = general(&payload(way), &[&world().hotel, &world().hotel]);
        request["signatures"][0]["signature"] = base64url::encode(&[7; 64]).into();
        let done = wallet(&Sent::Call { protocol: Protocol::Multisigned.name(), data: json!({ "request": request }) });
        presentation(way, &answered(way, &done.posted.expect("an answer"), None), "pid");
    };
    negative_test_mismatched_client_id: Redirect => |way| {
        let sent = ask(way, |asked| asked["client_id"] = world().elsewhere.client_id().into());
        refused(&wallet(&sent), ErrorCode::InvalidRequest, false);
    };
    negative_test_redirect_uri_with_direct_post: Redirect => |way| {
        let sent = ask(way, |asked| asked["redirect_uri"] = "https://hotel.example/back".into());
        refused(&wallet(&sent), ErrorCode::InvalidRequest, true);
    };
    negative_test_missing_nonce: Redirect Unsigned Signed Multisigned => |way| {
        let sent = ask(way, |asked| drop(asked.as_object_mut().expect("an object").remove("nonce")));
        refused(&wallet(&sent), ErrorCode::InvalidRequest, true);
    };
    negative_test_wrong_expected_origins: Signed Multisigned => |way| {
        let sent = ask(way, |asked| asked["expected_origins"] = json!(["https://elsewhere.example"]));
        refused(&wallet(&sent), ErrorCode::InvalidRequest, true);
    };
    negative_test_invalid_client_id_prefix: Redirect Signed Multisigned => |way| {
        for prefix in ["origin", "unheard_of", "decentralized_identifier", "openid_federation"] {
            let client_id = world().hotel.client_id().replace("x509_hash", prefix);
            let mut asked = payload(way);
            asked["client_id"] = client_id.clone().into();
            let sent = match (way, send(way, &asked)) {
                (_, Sent::Object { link, object }) => Sent::Object { link: link.replace("x509_hash", prefix), object },
                (Way::Multisigned, Sent::Call { protocol, .. }) => {
                    let object = signed(&world().hotel, &asked, Some(client_id));
                    let parts: Vec<&str> = object.split('.').collect();
                    let signatures = json!([{ "protected": parts[0], "signature": parts[2] }]);
                    let data = json!({ "request": { "payload": parts[1], "signatures": signatures } });
                    Sent::Call { protocol, data }
                }
                (_, call) => call,
            };
            refused(&wallet(&sent), ErrorCode::InvalidRequest, way != Way::Redirect);
        }
    };
    negative_test_unknown_transaction_data_type: Redirect Unsigned Signed Multisigned => |way| {
        let data = json!({ "type": "urn:unheard-of", "credential_ids": ["pid"] });
        let data = base64url::encode(data.to_string().as_bytes());
        let sent = ask(way, |asked| asked["transaction_data"] = json!([data]));
        refused(&wallet(&sent), ErrorCode::InvalidTransactionData, true);
    };
    negative_test_required_non_matching_credential: Redirect Unsigned Signed Multisigned => |way| {
        let other = json!({ "id": "licence", "format": "dc+sd-jwt", "meta": { "vct_values": ["urn:none"] } });
        // Beside the card that is there: nothing partial is given.
        let sent = ask(way, |asked| {
            asked["dcql_query"]["credentials"].as_array_mut().expect("credentials").push(other);
        });
        refused(&wallet(&sent), ErrorCode::AccessDenied, true);
    };
    negative_test_response_uri_not_client_id: Redirect => |way| {
        let accepting = Accepting { prefixes: &ClientIdPrefix::ALL, ..Accepting::haip(&[]) };
        let in_the_link = |address: &str| {
            let mut asked = payload(way);
            asked["response_uri"] = address.into();
            asked["client_id"] = format!("redirect_uri:{RESPONSE_URI}").into();
            let members = asked.as_object().expect("an object").iter();
            let texts = members.map(|(name, value)| (name, value.as_str().map_or(value.to_string(), str::to_owned)));
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(texts).finish();
            Sent::Object { link: format!("openid4vp://?{query}"), object: String::new() }
        };
        assert!(wallet_accepting(&in_the_link(RESPONSE_URI), &accepting).refused.is_none());
        let done = wallet_accepting(&in_the_link("https://hotel.example/vp/responses/2"), &accepting);
        refused(&done, ErrorCode::InvalidRequest, false);
    };
}
