//! Pages of other origins: wallets among them may use the standards' endpoints, and nobody may use our own interface.

use reqwest::Method;
use serde_json::json;

use crate::support::Town;
use crate::support::wire::send;

const OTHER: &str = "https://wallet.example";

#[tokio::test]
async fn the_standards_endpoints_are_open_to_pages_of_any_origin() {
    let town = Town::open().await;
    for address in
        ["/par", "/challenge", "/token", "/nonce", "/credential", "/notification", "/vp/requests/x", "/vp/responses/x"]
    {
        let asked = town.request(Method::OPTIONS, address).header("origin", OTHER);
        let asked = asked.header("access-control-request-method", "POST");
        let reply = send(asked.header("access-control-request-headers", "authorization,content-type")).await;
        assert_eq!(reply.status, 204, "{address}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{address}");
        let sendable = "authorization, content-type, dpop, oauth-client-attestation, oauth-client-attestation-pop";
        assert_eq!(reply.header("access-control-allow-headers"), sendable, "{address}");
        assert_eq!(reply.header("access-control-allow-credentials"), "", "{address}");
        // A refusal can be read as well.
        let reply = send(town.post(address).header("origin", OTHER).body("")).await;
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{address}: {}", reply.text());
    }
    for address in ["/.well-known/openid-credential-issuer", "/offers/x", "/status/1"] {
        let reply = send(town.get(address).header("origin", OTHER)).await;
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{address}");
    }
}

#[tokio::test]
async fn our_own_interface_is_closed_to_them() {
    let town = Town::open().await;
    for address in ["/api/about", "/api/window", "/api/console/me", "/", "/healthz", "/tokens"] {
        let reply = send(town.get(address).header("origin", OTHER)).await;
        assert_eq!(reply.header("access-control-allow-origin"), "", "{address}");
    }
    let asked = town.request(Method::OPTIONS, "/api/checks").header("origin", OTHER);
    let reply = send(asked.header("access-control-request-method", "POST")).await;
    assert_eq!(reply.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_challenge_names_an_error_only_where_a_token_came() {
    let town = Town::open().await;
    let without = send(town.post("/credential").json(&json!({}))).await;
    assert_eq!((without.status, without.header("www-authenticate")), (401, "Bearer"));
    let wrong = send(town.post("/credential").bearer_auth("bm90LWEtdG9rZW4").json(&json!({}))).await;
    assert_eq!((wrong.status, wrong.header("www-authenticate")), (401, "Bearer error=\"invalid_token\""));
}
