//! `oid4vp-1final-verifier-…`: what is demanded of our verifier. `invalid-session-transcript` is about mdoc, whose
//! judgement is not here yet.

use mibun_card::vc::read as read_card;
use mibun_crypto::base64url;
use mibun_crypto::jwe::JweError;
use mibun_crypto::jws;
use mibun_presenting::dcql::Query;
use mibun_presenting::request::{Fetch, FetchMethod, REQUEST_TYP, RequestLink, STATIC_AUDIENCE, UriPolicy};
use mibun_presenting::response::ResponseError;
use mibun_presenting::transaction::{Outcome, Transaction, TransactionError};
use mibun_verifying::Refusal;
use serde_json::{Value, json};

use crate::our_verifier::{Exchange, Reply, SESSION};
use crate::suite_wallet::{Presentation, Read, read, thief};
use crate::world::{NOW, page, token, world};
use crate::{Sent, Way, in_ways};

const YEAR: i64 = 365 * 86_400;

fn asked(way: Way) -> (Exchange, Read) {
    let mut exchange = Exchange::open(way, "exchange");
    let sent = exchange.request(None).expect("the first fetch");
    (exchange, read(&sent))
}

/// The verifier refuses what the suite spoils with `change`, and the exchange stays open for the right answer.
fn refuses(way: Way, change: impl FnOnce(&mut Presentation), refusal: Refusal) {
    let (mut exchange, request) = asked(way);
    let before = exchange.transaction.clone();
    let Reply::Judged(verdict, None) = exchange.take(&request.answer(change)) else { panic!("it can be read") };
    assert_eq!(verdict.refusal, Some(refusal));
    assert!(verdict.fields.is_empty());
    assert_eq!(exchange.transaction, before, "nothing was spent");
    accepts(&mut exchange, &request);
}

fn accepts(exchange: &mut Exchange, request: &Read) {
    let reply = exchange.take(&request.answer(|_| {}));
    let Reply::Judged(verdict, page) = reply else { panic!("{reply:?}") };
    assert!(verdict.is_accepted(), "{:?}", verdict.refusal);
    assert_eq!(page.is_some(), exchange.way == Way::Redirect);
}

/// What the suite looks at in every request.
fn check_request(way: Way, request: &Read) {
    let Read { payload, header, .. } = request;
    let nonce = payload["nonce"].as_str().expect("text");
    assert!(nonce.len() >= 43 && payload["response_type"] == "vp_token");
    let metadata = &payload["client_metadata"];
    let mut encs: Vec<&str> = metadata["encrypted_response_enc_values_supported"]
        .as_array()
        .map(|all| all.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    encs.sort_unstable();
    assert_eq!(encs, ["A128GCM", "A256GCM"]);
    assert_eq!(metadata["jwks"]["keys"][0]["crv"], "P-256");
    assert!(metadata["vp_formats_supported"]["dc+sd-jwt"].is_object());
    assert!(Query::from_value(&payload["dcql_query"]).is_ok());
    match way {
        Way::Redirect => {
            assert_eq!(
                (payload["aud"].as_str(), payload["response_mode"].as_str()),
                (Some(STATIC_AUDIENCE), Some("direct_post.jwt"))
            );
            assert!(payload["response_uri"].as_str().is_some_and(|uri| uri.starts_with("https://")));
            assert_eq!(payload.get("redirect_uri"), None);
            assert_eq!(payload["client_id"], json!(world().hotel.client_id()));
        }
        Way::Unsigned => {
            assert_eq!((payload.get("client_id"), payload["response_mode"].as_str()), (None, Some("dc_api.jwt")))
        }
        Way::Signed => assert_eq!(payload["client_id"], json!(world().hotel.client_id())),
        Way::Multisigned => {
            assert_eq!((payload.get("client_id"), &header["client_id"]), (None, &json!(world().hotel.client_id())));
        }
    }
    if way != Way::Unsigned {
        assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some(REQUEST_TYP), Some("ES256")));
        let x5c = header["x5c"].as_array().expect("certificates");
        let anchor = base64url::encode_standard(world().root.der());
        assert!(!x5c.is_empty() && !x5c.contains(&anchor.into()));
    }
    if matches!(way, Way::Signed | Way::Multisigned) {
        assert_eq!(payload["expected_origins"], json!([page().as_str()]));
    }
}

in_ways! {
    happy_flow: Redirect Unsigned Signed Multisigned => |way| {
        let (mut exchange, request) = asked(way);
        check_request(way, &request);
        accepts(&mut exchange, &request);
        let (_, other) = (Exchange::open(way, "another"), read(&Exchange::open(way, "another").request(None).expect("fetched")));
        for member in ["/nonce", "/client_metadata/jwks/keys/0/x"] {
            assert_ne!(request.payload.pointer(member), other.payload.pointer(member), "fresh for each request");
        }
        // The answer is taken once.
        let again = exchange.take(&request.answer(|_| {}));
        assert!(matches!(again, Reply::Stray(TransactionError::AlreadyAnswered | TransactionError::AlreadyDone)));
    };
    redirect_uri_returned: Redirect => |way| {
        let (mut exchange, request) = asked(way);
        let Reply::Judged(_, Some(page)) = exchange.take(&request.answer(|_| {})) else { panic!("a page to return to") };
        let code = page.query_pairs().find(|(name, _)| name == "response_code").map(|(_, code)| code.into_owned());
        let code = code.expect("a code");
        assert!(code.len() >= 43, "unguessable");
        let elsewhere = exchange.transaction.redeem(&code, b"another browser", NOW);
        assert_eq!(elsewhere, Err(TransactionError::WrongSession));
        let here = exchange.transaction.redeem(&code, SESSION, NOW);
        assert_eq!(here, Ok(Transaction::Done { outcome: Outcome::Accepted }));
    };
    minimal_cnf_jwk: Redirect Unsigned Signed Multisigned => |way| {
        let card = token(&world().card);
        let cnf = &card.process().expect("a card").claims["cnf"]["jwk"];
        let names: Vec<&str> = cnf.as_object().map(|jwk| jwk.keys().map(String::as_str).collect()).expect("a key");
        assert_eq!(names, ["crv", "kty", "x", "y"]);
        assert!(read_card(&card).is_ok());
        let (mut exchange, request) = asked(way);
        accepts(&mut exchange, &request);
    };
    request_uri_method_post: Redirect => |way| {
        let mut exchange = Exchange::open(way, "posted");
        let link = RequestLink::parse(&exchange.link(FetchMethod::Post), UriPolicy::Https).expect("our own link");
        assert_eq!(link.method, FetchMethod::Post);
        let form = RequestLink::post_form("w-Q7xE3rTy8UiO2pAs5dFgH").map(|(name, value)| (name.to_owned(), value));
        let fetch = Fetch::read(&form).expect("a good form");
        let sent = exchange.request(fetch.wallet_nonce.as_deref()).expect("the first fetch");
        let request = read(&sent);
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
    invalid_kb_jwt_signature: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| made.signer = thief(), Refusal::InvalidKeyBinding);
    };
    invalid_credential_signature: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| {
            let (signed, disclosures) = made.card.split_once('~').expect("disclosures follow");
            let (text, _) = signed.rsplit_once('.').expect("three parts");
            made.card = format!("{text}.{}~{disclosures}", base64url::encode(&[7; 64]));
            let hash = token(&made.card).sd_hash();
            made.proof["sd_hash"] = hash.into();
        }, Refusal::InvalidIssuerSignature);
    };
    invalid_sd_hash: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| made.proof["sd_hash"] = base64url::encode(&[7; 32]).into(), Refusal::WrongSdHash);
    };
    invalid_kb_jwt_nonce: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| made.proof["nonce"] = "another-nonce-than-the-one-asked".into(), Refusal::WrongNonce);
    };
    invalid_kb_jwt_aud: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| made.proof["aud"] = "x509_hash:somebody-else".into(), Refusal::WrongAudience);
        // The audience of the other flow is somebody else's, too.
        let swapped = if way == Way::Redirect { page().audience() } else { world().hotel.client_id() };
        refuses(way, |made| made.proof["aud"] = swapped.into(), Refusal::WrongAudience);
    };
    kb_jwt_iat_in_past: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| made.proof["iat"] = (NOW.0 - YEAR).into(), Refusal::StaleProof);
    };
    kb_jwt_iat_in_future: Redirect Unsigned Signed Multisigned => |way| {
        refuses(way, |made| made.proof["iat"] = (NOW.0 + YEAR).into(), Refusal::ProofFromTheFuture);
    };
    without_kb_jwt: Redirect Unsigned Signed Multisigned => |way| {
        let strip = |text: String| text.rsplit_once('~').map_or(text.clone(), |(shown, _)| format!("{shown}~"));
        refuses(way, |made| made.spoil = strip, Refusal::MissingKeyBinding);
    };
    unread_answers_spend_nothing: Redirect Unsigned Signed Multisigned => |way| {
        let (mut exchange, request) = asked(way);
        let before = exchange.transaction.clone();
        let other = read(&Exchange::open(way, "another").request(None).expect("the first fetch"));
        // Encrypted to the key of another request.
        let reply = exchange.take(&other.answer(|_| {}));
        assert!(matches!(reply, Reply::Unread(ResponseError::Jwe(JweError::Decryption))), "{reply:?}");
        assert_eq!(exchange.transaction, before);
        accepts(&mut exchange, &request);
    };
}

/// The proof that is checked above is the one that the library makes.
#[test]
fn the_suite_proves_as_our_wallet_does() {
    let shown = token(&world().card);
    let binding = mibun_card::kb_jwt::Binding { audience: "a", nonce: "n", now: NOW };
    let proof = mibun_card::kb_jwt::create(&shown, &binding, &world().holder).expect("it signs");
    let proof = jws::parse(&proof, &mibun_crypto::json::Limits::default()).expect("a proof");
    let payload = proof.payload_json(&mibun_crypto::json::Limits::default()).expect("a payload");
    let names: Vec<&String> = payload.as_object().map(|members| members.keys().collect()).expect("an object");
    assert_eq!(names, ["aud", "iat", "nonce", "sd_hash"]);
}
