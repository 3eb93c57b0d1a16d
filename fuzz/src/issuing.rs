//! What wallets send to an issuer and its authorization server, and what those answer. What lies behind a signature or an
//! envelope is reached by signing or sealing the input first.

use std::sync::{Arc, LazyLock};

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::{self, Limits};
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Purpose, chain};
use mibun_issuing::address::Transport;
use mibun_issuing::authorization::{AuthorizationRequest, Terms};
use mibun_issuing::collect::{Collector, Evidence, Instance, Need, Progress, Settings};
use mibun_issuing::credential::{DeferredRequest, RequestKeyPair};
use mibun_issuing::dpop::{self, Expected};
use mibun_issuing::exchange::HttpResponse;
use mibun_issuing::nonce::NonceKey;
use mibun_issuing::secret::Secret;
use mibun_issuing::token::TokenRequest;
use mibun_trust::attestation::Profile;
use serde_json::{Map, Value};

const NOW: Timestamp = Timestamp(1_800_000_000);
/// What separates the answers of an issuer in one input.
const NEXT: u8 = 0x1e;
/// More exchanges than any collection takes.
const MOST: usize = 32;

static KEY: LazyLock<SoftwareKey> = LazyLock::new(|| SoftwareKey::generate(&mut SeededEntropy::new("fuzz")));

fn agreement() -> EphemeralKey {
    EphemeralKey::from_bytes(&[7; 32]).expect("a number of the curve")
}

/// A pushed request, and a token request.
pub fn par_form(bytes: &[u8]) {
    let terms = Terms {
        client: "c",
        proven: None,
        configurations: &["mibun_card"],
        transport: Transport::HttpsOrLoopback,
        registered: None,
    };
    if let Ok(request) = AuthorizationRequest::parse(bytes, &terms) {
        let back = request.granted("https://a.example", "code");
        assert!(back.contains("code=code"), "the answer leads back with the code");
    }
    let _ = TokenRequest::parse(bytes);
}

/// A DPoP proof as it came, and one with these claims by a key of ours.
pub fn dpop(bytes: &[u8]) {
    let nonces = NonceKey::from_bytes([7; 32]);
    let expected =
        Expected { method: "POST", url: "https://a.example/token", token: None, nonces: &nonces, now: NOW };
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = dpop::verify(&[text], &expected);
    }
    let mut header = Map::new();
    header.insert("typ".to_owned(), dpop::TYPE.into());
    header.insert("jwk".to_owned(), KEY.public_key().to_jwk().to_value());
    let proof = jws::sign(header, bytes, &*KEY).expect("the key signs");
    let _ = dpop::verify(&[&proof], &expected);
}

/// An envelope as it came, and one around these bytes: what a wallet asks a credential endpoint later.
pub fn jwe(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let both = [Enc::A256Gcm, Enc::A128Gcm];
        let _ = jwe::decrypt(text, &agreement(), &both, &Limits::default());
    }
    let pair = RequestKeyPair::new(agreement());
    let recipient = agreement().public_jwk("other");
    let recipient = mibun_crypto::key::Jwk { kid: None, ..recipient };
    let mut entropy = SeededEntropy::new("fuzz");
    let sealed = jwe::encrypt(bytes, &recipient, Enc::A128Gcm, PartyInfo::default(), &mut entropy).expect("sealed");
    let _ = DeferredRequest::open(sealed.as_bytes(), &pair);
    let _ = DeferredRequest::parse(bytes);
}

/// Certificates out of a header.
pub fn x5c(bytes: &[u8]) {
    let Ok(value) = json::parse(bytes, &Limits::default()) else { return };
    let mut header = Map::new();
    header.insert("x5c".to_owned(), value);
    let Ok(message) = jws::sign(header, b"{}", &*KEY) else { return };
    let Ok(message) = jws::parse(&message, &Limits::default()) else { return };
    let chain = chain::verify(message.header().x5c(), &[], NOW, Purpose::AccessCertificate);
    assert!(chain.is_err(), "nobody is trusted");
}

/// An issuer that answers a wallet's machine with these bytes, one piece after another.
pub fn collecting(bytes: &[u8]) {
    let instance = Instance {
        client_id: "c".to_owned(),
        redirect_uri: "app:/back".to_owned(),
        profile: Profile::Haip10,
        attestation: None,
        dpop: Arc::new(SoftwareKey::generate(&mut SeededEntropy::new("dpop"))),
        attests_keys: true,
    };
    let mut entropy = SeededEntropy::new("fuzz");
    let settings = Settings { instance: Some(instance), copies: 2, ..Settings::new(Transport::Https, Vec::new()) };
    let mut progress = Collector::ask("https://a.example", None, settings);
    let mut pieces = bytes.split(|byte| *byte == NEXT);
    for _ in 0..MOST {
        let Ok(Progress::Needs(need, collector)) = progress else { return };
        let mut next = || pieces.next().map(<[u8]>::to_vec);
        let evidence = match need {
            Need::Exchange(_) => next().map(|body| Evidence::Response(HttpResponse::new(200, body))),
            Need::Browser(_) => next().map(|text| Evidence::Returned(Secret::new(String::from_utf8_lossy(&text)))),
            Need::Keys(count) => Some(Evidence::Keys((0..count).map(|_| fresh(&mut entropy)).collect())),
            Need::KeyAttestation(_) => Some(Evidence::KeyAttestation("a.b.c".to_owned())),
            Need::Wait(_) => Some(Evidence::Waited),
            Need::TxCode(_) | Need::Proofs(_) => None,
        };
        let Some(evidence) = evidence else { return };
        progress = collector.advance(evidence, NOW, &mut entropy);
    }
    assert!(!matches!(progress, Ok(Progress::Collected(_))), "nobody is trusted");
}

fn fresh(entropy: &mut SeededEntropy) -> Arc<dyn Signer> {
    Arc::new(SoftwareKey::generate(entropy))
}

/// What an issuer and its server say about themselves, for the seed of [`collecting`].
pub fn seed() -> Vec<u8> {
    let issuer: Value = serde_json::json!({
        "credential_issuer": "https://a.example",
        "credential_endpoint": "https://a.example/c",
        "deferred_credential_endpoint": "https://a.example/d",
        "batch_credential_issuance": { "batch_size": 2 },
        "credential_configurations_supported": { "a": {
            "format": "dc+sd-jwt", "vct": "v", "scope": "s",
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": ["ES256"] } },
        } },
    });
    let server = serde_json::json!({
        "issuer": "https://a.example",
        "authorization_endpoint": "https://a.example/a",
        "pushed_authorization_request_endpoint": "https://a.example/p",
        "token_endpoint": "https://a.example/t",
        "code_challenge_methods_supported": ["S256"],
    });
    let pushed = r#"{"request_uri":"urn:a","expires_in":60}"#;
    let back = "app:/back?code=c&state=s&iss=https%3A%2F%2Fa.example";
    [issuer.to_string(), server.to_string(), pushed.to_owned(), back.to_owned()].join("\u{1e}").into_bytes()
}
