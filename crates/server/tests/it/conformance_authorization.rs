//! What the OpenID Foundation's conformance suite asks of an authorization server under FAPI 2.0, each by the name of its
//! module (`fapi2-security-profile-final-` left out).

use mibun_crypto::key::{Signer, SoftwareKey};
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::issuing::asking_with;
use crate::support::wallets::{BACK, Instance, sent_back};
use crate::support::wire::{Reply, send};

/// Redeems `code` with other parameters, which must be refused; the code is then still good if `kept`.
async fn refused_redeeming(wallet: &Instance<'_>, code: &str, name: &'static str, value: Option<&str>) -> Reply {
    let mut parameters = wallet.redeem_parameters(code);
    parameters.retain(|(known, _)| *known != name);
    parameters.extend(value.map(|value| (name, value.to_owned())));
    let reply = send(wallet.asking_token(&parameters).await).await;
    assert_ne!(reply.status, 200, "{}", reply.text());
    reply
}

#[tokio::test]
async fn discovery_end_point_verification() {
    let town = Town::open().await;
    let metadata = send(town.get("/.well-known/oauth-authorization-server")).await.json();
    let issuer = town.app.terms.issuer.as_str();
    assert_eq!(metadata["issuer"], issuer);
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], json!(true));
    assert_eq!(metadata["require_pushed_authorization_requests"], json!(true));
    assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(["ES256"]));
    assert_eq!(metadata["pushed_authorization_request_endpoint"], format!("{issuer}/par"));
    let methods = metadata["token_endpoint_auth_methods_supported"].as_array().expect("a list");
    assert!(methods.contains(&json!("attest_jwt_client_auth")));
}

#[tokio::test]
async fn happy_flow() {
    let town = Town::open().await;
    for client in ["https://wallet.example", "https://other.example"] {
        let wallet = Instance::of(&town, client);
        let tokens = wallet.tokens().await;
        let token = tokens["access_token"].as_str().expect("a token");
        assert_eq!(send(wallet.asking_copies(token, 1).await).await.status, 200);
        let other = Instance::of(&town, client);
        assert_eq!(send(other.asking_copies(token, 1).await).await.told(), (401, "invalid_token".to_owned()));
    }
}

#[tokio::test]
async fn user_rejects_authentication() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!((sent_back(&reply, "error"), sent_back(&reply, "code")), ("access_denied".to_owned(), String::new()));
}

#[tokio::test]
async fn ensure_authorization_request_without_state_success() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[("state", "")]).await;
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert!(!reply.header("location").contains("state"), "{}", reply.header("location"));
}

#[tokio::test]
async fn access_token_type_header_case_sensitivity() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let proof = wallet.proof("/credential", Some(token)).await;
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let request = town.post("/credential").header("Authorization", format!("dpOp {token}")).header("DPoP", proof);
    assert_eq!(send(request.json(&body)).await.status, 200);
}

/// A request to the token endpoint, or to push, whose proof has other claims.
async fn with_proof(
    wallet: &Instance<'_>,
    endpoint: &'static str,
    change: impl FnOnce(&mut Value, &mut Value),
) -> Reply {
    let code = if endpoint == "/token" { wallet.code(&[]).await } else { String::new() };
    with_proof_for(wallet, endpoint, &code, change).await
}

/// The same, for a code that is there.
async fn with_proof_for(
    wallet: &Instance<'_>,
    endpoint: &'static str,
    code: &str,
    change: impl FnOnce(&mut Value, &mut Value),
) -> Reply {
    let proof = wallet.proof_with(endpoint, None, change).await;
    let request = wallet.attested(wallet.town.post(endpoint)).header("DPoP", proof);
    let request = match endpoint {
        "/token" => request.form(&wallet.redeem_parameters(code)),
        _ => request.form(&wallet.parameters(&[])),
    };
    send(request).await
}

#[tokio::test]
async fn check_dpop_proof_nbf_exp() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let now = town.app.clock.now().0;
    let good = with_proof(&wallet, "/token", |_, claims| {
        (claims["nbf"], claims["exp"]) = ((now - 10).into(), (now + 60).into());
    });
    assert_eq!(good.await.status, 200);
    let bad = with_proof(&wallet, "/token", |_, claims| claims["exp"] = (now - 61).into()).await;
    assert_eq!(bad.told(), (400, "invalid_dpop_proof".to_owned()));
}

async fn moved_iat(seconds: i64) {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let iat = town.app.clock.now().0 + seconds;
    for (endpoint, expected) in [("/par", 201), ("/token", 200)] {
        let reply = with_proof(&wallet, endpoint, |_, claims| claims["iat"] = iat.into()).await;
        assert_eq!(reply.status, expected, "{endpoint}: {}", reply.text());
    }
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let proof = wallet.proof_with("/credential", Some(token), |_, claims| claims["iat"] = iat.into()).await;
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let request = town.post("/credential").header("Authorization", format!("DPoP {token}")).header("DPoP", proof);
    assert_eq!(send(request.json(&body)).await.status, 200);
}

#[tokio::test]
async fn ensure_dpopproof_with_iat_10seconds_before_succeeds() {
    moved_iat(-10).await;
}

#[tokio::test]
async fn ensure_dpopproof_with_iat_10seconds_after_succeeds() {
    moved_iat(10).await;
}

#[tokio::test]
async fn ensure_mismatched_dpop_jkt_fails() {
    let town = Town::open().await;
    let (wallet, other) = (Instance::new(&town), Instance::new(&town));
    let thumbprint = mibun_issuing::thumbprint::Thumbprint::of(other.dpop.public_key()).to_string();
    let proof = wallet.proof("/par", None).await;
    let request = wallet.attested(town.post("/par")).header("DPoP", proof);
    town.refuses(request.form(&wallet.parameters(&[("dpop_jkt", &thumbprint)])), 400, "invalid_dpop_proof").await;
}

#[tokio::test]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt() {
    let town = Town::open().await;
    let (wallet, other) = (Instance::new(&town), Instance::new(&town));
    let proof = other.proof("/par", None).await;
    let reply = send(wallet.attested(town.post("/par")).header("DPoP", proof).form(&wallet.parameters(&[]))).await;
    let request_uri = reply.json()["request_uri"].as_str().expect("pushed").to_owned();
    let (reference, tx_code) = town.named_offer().await;
    let reply = send(wallet.answering(&request_uri, &[("reference", &reference), ("code", &tx_code)])).await;
    let code = sent_back(&reply, "code");
    let reply = send(wallet.asking_token(&wallet.redeem_parameters(&code)).await).await;
    assert_eq!(reply.told(), (400, "invalid_dpop_proof".to_owned()));
}

#[tokio::test]
async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt() {
    let town = Town::open().await;
    let (wallet, other) = (Instance::new(&town), Instance::new(&town));
    let thumbprint = mibun_issuing::thumbprint::Thumbprint::of(other.dpop.public_key()).to_string();
    let code = wallet.code(&[("dpop_jkt", &thumbprint)]).await;
    let reply = send(wallet.asking_token(&wallet.redeem_parameters(&code)).await).await;
    assert_eq!(reply.told(), (400, "invalid_dpop_proof".to_owned()));
}

#[tokio::test]
async fn ensure_dpopproof_at_par_endpoint_binding_success() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let proof = wallet.proof("/par", None).await;
    let reply = send(wallet.attested(town.post("/par")).header("DPoP", proof).form(&wallet.parameters(&[]))).await;
    let request_uri = reply.json()["request_uri"].as_str().expect("pushed").to_owned();
    let (reference, tx_code) = town.named_offer().await;
    let reply = send(wallet.answering(&request_uri, &[("reference", &reference), ("code", &tx_code)])).await;
    wallet.redeemed(&sent_back(&reply, "code")).await;
}

#[tokio::test]
async fn ensure_dpop_auth_code_binding_success() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let thumbprint = mibun_issuing::thumbprint::Thumbprint::of(wallet.dpop.public_key()).to_string();
    let code = wallet.code(&[("dpop_jkt", &thumbprint)]).await;
    wallet.redeemed(&code).await;
}

#[tokio::test]
async fn ensure_different_state_inside_and_outside_request_object() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    assert_eq!(send(wallet.page_with(&request_uri, &[("state", "another")])).await.status, 200);
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny"), ("state", "another")])).await;
    assert_eq!(sent_back(&reply, "state"), "a state", "what was pushed counts");
}

#[tokio::test]
async fn ensure_authorization_request_with_long_state() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let state = "s".repeat(1500);
    let request_uri = wallet.pushed(&[("state", &state)]).await;
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!(sent_back(&reply, "state"), state);
    town.refuses(wallet.pushing(&[("state", &"s".repeat(5000))]), 400, "invalid_request").await;
}

#[tokio::test]
async fn state_only_outside_request_object_not_used() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[("state", "")]).await;
    send(wallet.page_with(&request_uri, &[("state", "outside")])).await;
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny"), ("state", "outside")])).await;
    assert!(!reply.header("location").contains("state="), "{}", reply.header("location"));
}

#[tokio::test]
async fn ensure_request_object_without_redirect_uri_fails() {
    let town = Town::open().await;
    town.refuses(Instance::new(&town).pushing(&[("redirect_uri", "")]), 400, "invalid_request").await;
}

#[tokio::test]
async fn plain_fapi_tolerate_unregistered_redirect_uri() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[("redirect_uri", "https://elsewhere.example/back")]).await;
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert!(reply.header("location").starts_with("https://elsewhere.example/back?error=access_denied"));
}

#[tokio::test]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let reply = send(wallet.page_with("", &[("response_type", "code"), ("scope", "mibun_card")])).await;
    assert_eq!((reply.status, reply.header("location")), (400, ""));
}

#[tokio::test]
async fn ensure_redirect_uri_in_authorization_request() {
    let town = Town::open().await;
    town.refuses(Instance::new(&town).pushing(&[("redirect_uri", "")]), 400, "invalid_request").await;
}

#[tokio::test]
async fn ensure_response_type_code_idtoken_fails() {
    let town = Town::open().await;
    let request = Instance::new(&town).pushing(&[("response_type", "code id_token")]);
    town.refuses(request, 400, "unsupported_response_type").await;
}

#[tokio::test]
async fn ensure_response_type_token_fails() {
    let town = Town::open().await;
    let request = Instance::new(&town).pushing(&[("response_type", "token")]);
    town.refuses(request, 400, "unsupported_response_type").await;
}

#[tokio::test]
async fn ensure_client_id_in_token_endpoint() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    let reply = refused_redeeming(&wallet, &code, "client_id", Some("https://other.example")).await;
    assert_eq!(reply.told(), (401, "invalid_client".to_owned()));
    wallet.redeemed(&code).await;
}

#[tokio::test]
async fn ensure_holder_of_key_required() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    let request = wallet.attested(town.post("/token")).form(&wallet.redeem_parameters(&code));
    town.refuses(request, 400, "invalid_request").await;
    wallet.redeemed(&code).await;
}

#[tokio::test]
async fn ensure_authorization_code_is_bound_to_client() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    let (verifier, challenge) = (wallet.verifier.clone(), wallet.challenge);
    let thief = Instance { verifier, challenge, ..Instance::of(&town, "https://other.example") };
    let reply = send(thief.asking_token(&thief.redeem_parameters(&code)).await).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
    wallet.redeemed(&code).await;
}

#[tokio::test]
async fn attempt_reuse_authorization_code_after_one_second() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    let tokens = wallet.redeemed(&code).await;
    town.clock.advance_seconds(1);
    let reply = send(wallet.asking_token(&wallet.redeem_parameters(&code)).await).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
    let token = tokens["access_token"].as_str().expect("a token");
    assert_eq!(send(wallet.asking_copies(token, 1).await).await.told(), (401, "invalid_token".to_owned()));
    assert_eq!(town.cards().await, 0);
}

#[tokio::test]
async fn ensure_token_endpoint_fails_with_expired_auth_code() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    town.clock.advance_seconds(60);
    let reply = send(wallet.asking_token(&wallet.redeem_parameters(&code)).await).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn dpop_negative_tests_at_the_token_endpoint() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let now = town.app.clock.now().0;
    let private = wallet.dpop.to_private_jwk();
    type Change = Box<dyn FnOnce(&mut Value, &mut Value)>;
    let changes: Vec<(&str, Change)> = vec![
        ("htu", Box::new(|_, claims| claims["htu"] = "https://elsewhere.example/token".into())),
        ("htm", Box::new(|_, claims| claims["htm"] = "GET".into())),
        ("typ", Box::new(|header, _| header["typ"] = "jwt".into())),
        ("private key", Box::new(move |header, _| header["jwk"] = private)),
        ("no jti", Box::new(|_, claims| _ = claims.as_object_mut().expect("one").remove("jti"))),
        ("no iat", Box::new(|_, claims| _ = claims.as_object_mut().expect("one").remove("iat"))),
        ("old", Box::new(move |_, claims| claims["iat"] = (now - 3600).into())),
        ("future", Box::new(move |_, claims| claims["iat"] = (now + 3600).into())),
        ("no jwk", Box::new(|header, _| _ = header.as_object_mut().expect("one").remove("jwk"))),
    ];
    let code = wallet.code(&[]).await;
    for (name, change) in changes {
        let reply = with_proof_for(&wallet, "/token", &code, change).await;
        assert_eq!(reply.told(), (400, "invalid_dpop_proof".to_owned()), "{name}");
    }
    wallet.redeemed(&code).await;
}

#[tokio::test]
async fn dpop_negative_tests_at_the_resource() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let asking = |proof: Option<String>, scheme: &str| {
        let request = town.post("/credential").header("Authorization", format!("{scheme} {token}")).json(&body);
        match proof {
            Some(proof) => request.header("DPoP", proof),
            None => request,
        }
    };
    let reply = town.refuses(asking(None, "DPoP"), 401, "invalid_dpop_proof").await;
    assert!(reply.header("www-authenticate").starts_with("DPoP error=\"invalid_dpop_proof\""));
    town.refuses(asking(None, "Bearer"), 401, "invalid_token").await;
    let good = wallet.proof("/credential", Some(token)).await;
    town.refuses(asking(Some(good), "Bearer"), 401, "invalid_token").await;
    let without_ath = wallet.proof("/credential", None).await;
    town.refuses(asking(Some(without_ath), "DPoP"), 401, "invalid_dpop_proof").await;
    let other_ath = wallet.proof("/credential", Some("another")).await;
    town.refuses(asking(Some(other_ath), "DPoP"), 401, "invalid_dpop_proof").await;
    let other_key = Instance::new(&town).proof("/credential", Some(token)).await;
    town.refuses(asking(Some(other_key), "DPoP"), 401, "invalid_token").await;
    let other_endpoint = wallet.proof("/token", Some(token)).await;
    town.refuses(asking(Some(other_endpoint), "DPoP"), 401, "invalid_dpop_proof").await;
}

#[tokio::test]
async fn a_dpop_proof_is_good_once() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let proof = wallet.proof("/credential", Some(token)).await;
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let request = || {
        let request = town.post("/credential").header("Authorization", format!("DPoP {token}"));
        request.header("DPoP", proof.clone()).json(&body)
    };
    assert_eq!(send(request()).await.status, 200);
    town.refuses(request(), 401, "invalid_dpop_proof").await;
}

#[tokio::test]
async fn a_dpop_nonce_is_demanded_and_handed_out() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let proof = wallet.proof_with("/credential", Some(token), |_, claims| {
        claims.as_object_mut().expect("one").remove("nonce");
    });
    let request = town.post("/credential").header("Authorization", format!("DPoP {token}")).header("DPoP", proof.await);
    let reply = town.refuses(request.json(&body), 401, "use_dpop_nonce").await;
    assert!(reply.header("www-authenticate").contains("use_dpop_nonce"));
    let nonce = reply.header("dpop-nonce").to_owned();
    let proof = wallet.proof_with("/credential", Some(token), |_, claims| claims["nonce"] = nonce.into()).await;
    let request = town.post("/credential").header("Authorization", format!("DPoP {token}")).header("DPoP", proof);
    assert_eq!(send(request.json(&body)).await.status, 200);
    let reply = with_proof(&wallet, "/token", |_, claims| claims["nonce"] = "stale".into()).await;
    assert_eq!((reply.told(), reply.header("dpop-nonce").is_empty()), ((400, "use_dpop_nonce".to_owned()), false));
}

#[tokio::test]
async fn refresh_token() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.tokens().await;
    let token = tokens["refresh_token"].as_str().expect("a refresh token");
    let other = Instance::of(&town, "https://other.example");
    let stolen = send(other.refreshing(&tokens["refresh_token"]).await).await;
    assert_eq!(stolen.told(), (400, "invalid_grant".to_owned()), "it is bound to its client");
    let dpop = SoftwareKey::from_pkcs8_der(&wallet.dpop.to_pkcs8_der()).expect("a key");
    let other = Instance { dpop, ..Instance::new(&town) };
    let stolen = send(other.refreshing(&tokens["refresh_token"]).await).await;
    assert_eq!(stolen.told(), (400, "invalid_grant".to_owned()), "it is bound to its instance");
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let proof = wallet.proof("/token", None).await;
    town.refuses(town.post("/token").header("DPoP", proof).form(&form), 401, "invalid_client").await;
    assert_eq!(send(wallet.refreshing(&tokens["refresh_token"]).await).await.status, 200);
}

#[tokio::test]
async fn par_ensure_reused_request_uri_prior_to_auth_completion_succeeds() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    for _ in 0..3 {
        assert_eq!(send(wallet.page(&request_uri)).await.status, 200);
    }
    let reply = send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn par_attempt_reuse_request_uri() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    send(wallet.answering(&request_uri, &[("decision", "deny")])).await;
    assert_eq!(send(wallet.page(&request_uri)).await.status, 400);
    assert_eq!(send(wallet.answering(&request_uri, &[("decision", "deny")])).await.status, 400);
}

#[tokio::test]
async fn par_attempt_to_use_expired_request_uri() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let reply = send(wallet.pushing(&[])).await.json();
    let seconds = reply["expires_in"].as_i64().expect("seconds");
    assert!((5..=600).contains(&seconds), "{seconds}");
    town.clock.advance_seconds(seconds);
    let request_uri = reply["request_uri"].as_str().expect("a reference");
    assert_eq!(send(wallet.page(request_uri)).await.status, 400);
    assert_eq!(send(wallet.answering(request_uri, &[("decision", "deny")])).await.status, 400);
}

#[tokio::test]
async fn par_attempt_to_use_request_uri_for_different_client() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let other = Instance::of(&town, "https://other.example");
    assert_eq!(send(other.page(&request_uri)).await.status, 400);
}

#[tokio::test]
async fn par_authorization_request_containing_request_uri_form_param() {
    let town = Town::open().await;
    let request = Instance::new(&town).pushing(&[("request_uri", "urn:ietf:params:oauth:request_uri:x")]);
    town.refuses(request, 400, "invalid_request").await;
}

#[tokio::test]
async fn par_attempt_invalid_http_method() {
    let town = Town::open().await;
    for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE] {
        let status = send(town.request(method, "/par")).await.status;
        assert!((400..500).contains(&status), "{status}");
    }
}

#[tokio::test]
async fn par_ensure_pkce_required() {
    let town = Town::open().await;
    town.refuses(Instance::new(&town).pushing(&[("code_challenge", "")]), 400, "invalid_request").await;
}

#[tokio::test]
async fn ensure_pkce_code_verifier_required() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    let reply = refused_redeeming(&wallet, &code, "code_verifier", None).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn incorrect_pkce_code_verifier_rejected() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let code = wallet.code(&[]).await;
    let reply = refused_redeeming(&wallet, &code, "code_verifier", Some(&"x".repeat(43))).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn par_plain_pkce_rejected() {
    let town = Town::open().await;
    town.refuses(Instance::new(&town).pushing(&[("code_challenge_method", "plain")]), 400, "invalid_request").await;
}

#[tokio::test]
async fn par_without_duplicate_parameters() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let request_uri = wallet.pushed(&[]).await;
    let page = send(wallet.page(&request_uri)).await;
    assert!(page.status == 200 && !page.text().contains(BACK), "{}", page.text());
}
