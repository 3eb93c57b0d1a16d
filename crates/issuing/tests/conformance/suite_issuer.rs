//! The suite as issuer and authorization server: demands everything, and can be told to do things wrongly.

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::x509::Certificate;
use mibun_issuing::exchange::{HttpRequest, HttpResponse, Method};
use mibun_trust::attestation::client::{self, Expected};
use mibun_trust::attestation::{Attesters, Profile};
use serde_json::{Value, json};

use crate::checks::{dpop, header, parameter, parameters};
use crate::desk::{CardDesk, Signing};
use crate::our_wallet::{BACK, CLIENT, Provider};
use crate::{Beginning, Variant};

pub const NOW: mibun_crypto::time::Timestamp = mibun_crypto::time::Timestamp(1_790_000_000);
const BASE: &str = "https://suite.example/test/a/mibun/";
pub const TOKEN: &str = "an-access-token";
const REFRESH: &str = "a-refresh-token";
const CODE: &str = "a code";
const REQUEST: &str = "urn:ietf:params:oauth:request_uri:7";

/// Changes the parameters of the answer over the browser.
type Answering = Box<dyn Fn(&mut Vec<(String, String)>)>;
/// Changes the body of an answer.
type Changing = Box<dyn Fn(&mut Value)>;
/// Answers in place of the suite.
pub type Intercepting = Box<dyn FnMut(&str) -> Option<HttpResponse>>;

pub struct Suite {
    pub variant: Variant,
    pub profile: Profile,
    /// Whether proofs have to carry a nonce.
    pub nonces: bool,
    /// How the scheme is written where one is demanded.
    pub scheme: &'static str,
    /// Whether the proof of the attestation has to carry a challenge.
    pub challenged: bool,
    /// Whether tokens end while cards are not ready.
    pub token_ends: bool,
    /// How often a token was renewed.
    pub renewed: usize,
    pub answering: Answering,
    pub server_metadata: Changing,
    pub issuer_metadata: Changing,
    pub intercept: Intercepting,
    pub token_response: Changing,
    pub calls: Vec<String>,
    pub desk: CardDesk,
    signing: Signing,
    provider_root: Certificate,
    jtis: Vec<String>,
    /// How often a proof was sent back for a nonce.
    given: usize,
    pushed: Option<Vec<(String, String)>>,
    redeemed: bool,
}

impl Suite {
    pub fn new(variant: Variant) -> Self {
        Self {
            variant,
            profile: Profile::Haip10,
            nonces: true,
            scheme: "DPoP",
            challenged: false,
            token_ends: false,
            renewed: 0,
            answering: Box::new(|_| {}),
            server_metadata: Box::new(|_| {}),
            issuer_metadata: Box::new(|_| {}),
            intercept: Box::new(|_| None),
            token_response: Box::new(|_| {}),
            calls: Vec::new(),
            desk: CardDesk::new(variant),
            signing: Signing::new("the suite's authority"),
            provider_root: Provider::new().root,
            jtis: Vec::new(),
            given: 0,
            pushed: None,
            redeemed: false,
        }
    }

    pub fn issuer(&self) -> String {
        BASE.to_owned()
    }

    pub fn root(&self) -> &Certificate {
        &self.signing.root
    }

    pub fn offer(&self) -> String {
        let offer = self.offered().to_string();
        match self.variant.beginning {
            Beginning::OfferByReference => {
                format!("haip-vci://?credential_offer_uri={}", encoded(&format!("{BASE}offer")))
            }
            _ => format!("openid-credential-offer://?credential_offer={}", encoded(&offer)),
        }
    }

    fn offered(&self) -> Value {
        json!({
            "credential_issuer": BASE,
            "credential_configuration_ids": [self.desk.configuration()],
            "grants": { "authorization_code": { "issuer_state": "an offer", "zz": 1 } },
        })
    }

    pub fn called(&self, path: &str) -> usize {
        self.calls.iter().filter(|call| call.ends_with(path)).count()
    }

    /// The browser at the authorization endpoint, which sends it back at once.
    pub fn browse(&mut self, address: &str) -> String {
        self.calls.push("BROWSER authorize".to_owned());
        let (endpoint, query) = address.split_once('?').expect("a query");
        assert_eq!(endpoint, format!("{BASE}authorize"));
        let query = parameters(query);
        assert_eq!(query.len(), 2, "nothing but these: {query:?}");
        assert_eq!((parameter(&query, "client_id"), parameter(&query, "request_uri")), (Some(CLIENT), Some(REQUEST)));
        let pushed = self.pushed.as_ref().expect("a pushed request");
        let state = parameter(pushed, "state").expect("a state").to_owned();
        let mut answer: Vec<(String, String)> = [("code", CODE), ("state", &state), ("iss", BASE), ("zz", "unknown")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        (self.answering)(&mut answer);
        let pairs: Vec<(&str, &str)> = answer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        format!("{BACK}?{}", mibun_issuing::form::encode(&pairs))
    }

    pub fn wait(&mut self, seconds: u64) {
        assert_eq!(seconds, 5, "as the suite said");
        self.desk.waited += 1;
    }

    pub fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        let path = request.url.strip_prefix("https://suite.example/").expect("a call to the suite").to_owned();
        let path = path.strip_prefix("test/a/mibun/").unwrap_or(&path).to_owned();
        self.calls.push(format!("{} {path}", request.method.as_str()));
        if let Some(answer) = (self.intercept)(&path) {
            return answer;
        }
        match (request.method, path.as_str()) {
            (Method::Get, "offer") => good(self.offered()),
            (Method::Get, ".well-known/openid-credential-issuer/test/a/mibun") => {
                let mut metadata = self.desk.metadata(BASE);
                (self.issuer_metadata)(&mut metadata);
                good(metadata)
            }
            (Method::Get, ".well-known/oauth-authorization-server/test/a/mibun") => self.about_the_server(),
            (Method::Post, "challenge") => good(json!({ "attestation_challenge": "challenge-1" })),
            (Method::Post, "par") => self.push(request),
            (Method::Post, "token") => self.token(request),
            (Method::Post, "nonce") => good(json!({ "c_nonce": self.desk.nonce() })),
            (Method::Post, "credential") => self.guarded(request, |desk, signing, body| desk.credential(signing, body)),
            (Method::Post, "deferred") if self.token_ends && self.renewed == 0 => {
                let challenge = ("WWW-Authenticate".to_owned(), "DPoP error=\"invalid_token\"".to_owned());
                let body = json!({ "error": "invalid_token" }).to_string();
                HttpResponse { headers: vec![challenge], ..HttpResponse::new(401, body) }
            }
            (Method::Post, "deferred") => self.guarded(request, |desk, signing, body| desk.deferred(signing, body)),
            (Method::Post, "notification") => self.guarded(request, |desk, _, body| desk.notification(body)),
            other => panic!("no such endpoint: {other:?}"),
        }
    }

    fn about_the_server(&self) -> HttpResponse {
        let mut metadata = json!({
            "issuer": BASE,
            "authorization_endpoint": format!("{BASE}authorize"),
            "pushed_authorization_request_endpoint": format!("{BASE}par"),
            "token_endpoint": format!("{BASE}token"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["attest_jwt_client_auth"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": true,
        });
        if self.challenged {
            metadata["challenge_endpoint"] = format!("{BASE}challenge").into();
        }
        (self.server_metadata)(&mut metadata);
        good(metadata)
    }

    /// The wallet proves itself, with the form of its profile.
    fn check_client(&self, request: &HttpRequest) {
        let attestation = header(request, "oauth-client-attestation").expect("an attestation");
        let pop = header(request, "oauth-client-attestation-pop").expect("its proof");
        let expected = Expected {
            attesters: &Attesters::of_any_client(vec![self.provider_root.clone()]),
            audience: BASE,
            client_id: Some(CLIENT),
            challenge: self.challenged,
            now: NOW,
        };
        let verified = client::verify(attestation, pop, &expected).expect("our wallet");
        assert_eq!(verified.challenge.as_deref(), self.challenged.then_some("challenge-1"));
    }

    fn push(&mut self, request: &HttpRequest) -> HttpResponse {
        self.check_client(request);
        let form = parameters(std::str::from_utf8(&request.body).expect("a form"));
        let text = |name: &str| parameter(&form, name);
        assert_eq!((text("response_type"), text("client_id")), (Some("code"), Some(CLIENT)));
        assert_eq!((text("redirect_uri"), text("scope")), (Some(BACK), Some("the-scope")));
        assert_eq!(text("code_challenge_method"), Some("S256"));
        assert!(text("code_challenge").is_some_and(|challenge| challenge.len() == 43));
        assert_eq!((text("request"), text("request_uri")), (None, None));
        let offered = self.variant.beginning != Beginning::Wallet;
        assert_eq!(text("issuer_state"), offered.then_some("an offer"));
        self.pushed = Some(form);
        let body = json!({ "request_uri": REQUEST, "expires_in": 60, "zz": [1] });
        HttpResponse::new(201, body.to_string())
    }

    fn token(&mut self, request: &HttpRequest) -> HttpResponse {
        self.check_client(request);
        let (key, nonce) = dpop(request, None, NOW.0, &mut self.jtis);
        if self.nonces && nonce.as_deref() != Some(&*format!("server-{}", self.given)) {
            return self.demanding(400, json!({ "error": "use_dpop_nonce" }), "server", None);
        }
        let form = parameters(std::str::from_utf8(&request.body).expect("a form"));
        let text = |name: &str| parameter(&form, name);
        if text("grant_type") == Some("refresh_token") {
            assert_eq!((text("refresh_token"), text("client_id")), (Some(REFRESH), Some(CLIENT)));
            self.renewed += 1;
            return good(json!({ "access_token": TOKEN, "token_type": "DPoP", "expires_in": 300 }));
        }
        assert_eq!(
            (text("grant_type"), text("code"), text("redirect_uri")),
            (Some("authorization_code"), Some(CODE), Some(BACK))
        );
        let pushed = self.pushed.as_ref().expect("a pushed request");
        let challenge = base64url::encode(&sha256(text("code_verifier").expect("a verifier").as_bytes()));
        assert_eq!(parameter(pushed, "code_challenge"), Some(challenge.as_str()));
        let thumbprint = base64url::encode(&key.thumbprint());
        assert_eq!(parameter(pushed, "dpop_jkt"), Some(thumbprint.as_str()));
        assert!(!self.redeemed, "a code is redeemed once");
        self.redeemed = true;
        self.given = 0;
        let mut body = json!({ "access_token": TOKEN, "token_type": "DPoP", "expires_in": 300, "zz": {} });
        if self.token_ends {
            body["refresh_token"] = REFRESH.into();
        }
        (self.token_response)(&mut body);
        good(body)
    }

    /// A call under the token.
    fn guarded(
        &mut self,
        request: &HttpRequest,
        serve: impl FnOnce(&mut CardDesk, &Signing, &HttpRequest) -> HttpResponse,
    ) -> HttpResponse {
        let authorization = header(request, "authorization").expect("a token");
        assert_eq!(authorization, format!("DPoP {TOKEN}"));
        let (_, nonce) = dpop(request, Some(TOKEN), NOW.0, &mut self.jtis);
        if self.nonces && nonce.as_deref() != Some(&*format!("resource-{}", self.given)) {
            let scheme = format!("{} error=\"use_dpop_nonce\", error_description=\"take this one\"", self.scheme);
            return self.demanding(401, json!({}), "resource", Some(scheme));
        }
        serve(&mut self.desk, &self.signing, request)
    }

    fn demanding(&mut self, status: u16, body: Value, whose: &str, scheme: Option<String>) -> HttpResponse {
        self.given += 1;
        let mut headers = vec![("DPoP-Nonce".to_owned(), format!("{whose}-{}", self.given))];
        headers.extend(scheme.map(|scheme| ("WWW-Authenticate".to_owned(), scheme)));
        HttpResponse { headers, ..HttpResponse::new(status, body.to_string()) }
    }
}

pub fn good(mut body: Value) -> HttpResponse {
    body["zz_unknown"] = json!({ "sprinkled": [true, null] });
    HttpResponse::new(200, body.to_string())
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
