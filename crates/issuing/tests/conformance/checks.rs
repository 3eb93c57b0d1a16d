//! What the suite looks at in each message of a wallet, written apart from what our own issuer does.

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::PublicKey;
use mibun_issuing::exchange::HttpRequest;
use serde_json::Value;

const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 12, nodes: 2000 };

/// The value of a header field that must stand there once.
pub fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let values: Vec<_> = request.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).collect();
    assert!(values.len() <= 1, "{name} comes more than once");
    values.first().map(|(_, value)| value.as_str())
}

/// The parameters of a form or query, each of which comes once.
pub fn parameters(text: &str) -> Vec<(String, String)> {
    let all: Vec<(String, String)> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    for (at, (name, _)) in all.iter().enumerate() {
        assert!(all[..at].iter().all(|(known, _)| known != name), "{name} comes twice");
    }
    all
}

pub fn parameter<'a>(all: &'a [(String, String)], name: &str) -> Option<&'a str> {
    all.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A DPoP proof for this request: its key and its nonce, everything else having been checked.
pub fn dpop(
    request: &HttpRequest,
    token: Option<&str>,
    now: i64,
    seen: &mut Vec<String>,
) -> (PublicKey, Option<String>) {
    let proof = header(request, "dpop").expect("a DPoP proof");
    let jws = jws::parse(proof, &LIMITS).expect("a JWS");
    assert_eq!((jws.header().typ(), jws.header().alg().as_jose()), (Some("dpop+jwt"), "ES256"));
    let key = PublicKey::from_jwk(jws.header().jwk().expect("a jwk")).expect("a public key");
    jws.verify(&key).expect("a good signature");
    let claims = jws.payload_json(&LIMITS).expect("claims");
    let text = |name: &str| claims[name].as_str().map(str::to_owned);
    assert_eq!(text("htm").as_deref(), Some(request.method.as_str()));
    assert_eq!(text("htu").as_deref(), Some(request.url.as_str()));
    assert!((now - claims["iat"].as_i64().expect("iat")).abs() <= 60);
    let jti = text("jti").expect("jti");
    assert!(!seen.contains(&jti), "the proof is used twice");
    seen.push(jti);
    let digest = token.map(|token| base64url::encode(&sha256(token.as_bytes())));
    assert_eq!(text("ath"), digest);
    assert!(claims.get("exp").is_none() && claims.get("nbf").is_none());
    (key, text("nonce"))
}

/// A proof of type `jwt`: its key, and the attestation in its header.
pub fn proof(proof: &str, issuer: &str, nonce: &str, now: i64) -> (PublicKey, Option<String>) {
    let jws = jws::parse(proof, &LIMITS).expect("a JWS");
    assert_eq!((jws.header().typ(), jws.header().alg().as_jose()), (Some("openid4vci-proof+jwt"), "ES256"));
    let key = PublicKey::from_jwk(jws.header().jwk().expect("a jwk")).expect("a public key");
    jws.verify(&key).expect("a good signature");
    let claims = jws.payload_json(&LIMITS).expect("claims");
    assert_eq!((claims["aud"].as_str(), claims["nonce"].as_str()), (Some(issuer), Some(nonce)));
    assert!((now - claims["iat"].as_i64().expect("iat")).abs() <= 60);
    (key, jws.header().get("key_attestation").and_then(Value::as_str).map(str::to_owned))
}
