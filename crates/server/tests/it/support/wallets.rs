//! A wallet of another maker: attested by its provider, with a key for its tokens; every step can be done wrongly.

use std::sync::atomic::{AtomicU32, Ordering};

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_issuing::dpop;
use mibun_issuing::pkce;
use mibun_issuing::secret::Secret;
use mibun_server::entropy::SystemEntropy;
use mibun_trust::attestation::Profile;
use mibun_trust::attestation::client::{Attestation, Pop, sign, sign_pop};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::Town;
use super::issuing::{CONFIGURATION, Offered, asking_with, key};
use super::wire::{Reply, send};

pub(crate) const BACK: &str = "https://wallet.example/back";

/// Somebody who attests wallets.
pub(crate) struct Provider {
    pub(crate) root: Certificate,
    pub(crate) leaf: Certificate,
    pub(crate) key: SoftwareKey,
}

impl Provider {
    pub(crate) fn new() -> Self {
        let mut entropy = SystemEntropy::new();
        let (root_key, key) = (key(), key());
        let name = |name: &str| Subject { common_name: name.to_owned(), organisation: None, country: None };
        let validity = Validity {
            not_before: mibun_crypto::time::Timestamp(1_700_000_000),
            not_after: mibun_crypto::time::Timestamp(1_900_000_000),
        };
        let spec = AuthoritySpec { subject: name("Wallet providers"), validity, path_length: Some(1) };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let spec = LeafSpec {
            subject: name("A wallet provider"),
            alternative_names: Vec::new(),
            purpose: Purpose::WalletProvider,
            validity,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
        Self { root, leaf, key }
    }
}

/// One instance of such a wallet.
pub(crate) struct Instance<'a> {
    pub(crate) town: &'a Town,
    pub(crate) client: String,
    pub(crate) profile: Profile,
    /// Which its attestation confirms.
    pub(crate) key: SoftwareKey,
    /// Which its tokens are bound to.
    pub(crate) dpop: SoftwareKey,
    pub(crate) verifier: Secret,
    pub(crate) challenge: pkce::Challenge,
}

/// A text that no other has.
pub(crate) fn fresh() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("one-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

impl<'a> Instance<'a> {
    pub(crate) fn new(town: &'a Town) -> Self {
        Self::of(town, "https://wallet.example")
    }

    pub(crate) fn of(town: &'a Town, client: &str) -> Self {
        let (verifier, challenge) = pkce::draw(&mut SystemEntropy::new());
        let profile = Profile::Haip10;
        Self { town, client: client.to_owned(), profile, key: key(), dpop: key(), verifier, challenge }
    }

    /// The attestation, by `provider`, changed before it is signed.
    pub(crate) fn attestation_with(&self, provider: &Provider, change: impl FnOnce(&mut Value)) -> String {
        let now = self.town.app.clock.now();
        let attestation = Attestation {
            profile: self.profile,
            issuer: "https://provider.example",
            client_id: &self.client,
            key: self.key.public_key(),
            issued_at: now,
            expires_at: now.plus_days(1),
            wallet_name: Some("A wallet"),
            status: None,
        };
        let signed = sign(&attestation, &[provider.leaf.der().to_vec()], &provider.key).expect("signed");
        resigned(&signed, &provider.key, change)
    }

    /// The proof of the attestation's key, changed before it is signed.
    pub(crate) fn possession_with(&self, change: impl FnOnce(&mut Value)) -> String {
        let pop = Pop {
            profile: self.profile,
            client_id: &self.client,
            audience: self.town.app.terms.issuer.as_str(),
            jti: &fresh(),
            issued_at: self.town.app.clock.now(),
            challenge: None,
        };
        resigned(&sign_pop(&pop, &self.key).expect("signed"), &self.key, change)
    }

    /// Adds attestation and proof to a request.
    pub(crate) fn attested(&self, request: RequestBuilder) -> RequestBuilder {
        let attestation = self.attestation_with(&self.town.provider, |_| {});
        self.presenting(request, &attestation, &self.possession_with(|_| {}))
    }

    pub(crate) fn presenting(&self, request: RequestBuilder, attestation: &str, possession: &str) -> RequestBuilder {
        request.header("OAuth-Client-Attestation", attestation).header("OAuth-Client-Attestation-PoP", possession)
    }

    /// A DPoP proof for an endpoint, changed before it is signed.
    pub(crate) async fn proof_with(
        &self,
        endpoint: &str,
        token: Option<&str>,
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> String {
        let nonce = send(self.town.post("/nonce")).await.header("dpop-nonce").to_owned();
        let mut header = json!({ "typ": dpop::TYPE, "jwk": self.dpop.public_key().to_jwk().to_value() });
        let url = self.town.app.url(endpoint);
        let now = self.town.app.clock.now().0;
        let mut claims = json!({ "jti": fresh(), "htm": "POST", "htu": url, "iat": now, "nonce": nonce });
        if let Some(token) = token {
            claims["ath"] = base64url::encode(&sha256(token.as_bytes())).into();
        }
        change(&mut header, &mut claims);
        let header = header.as_object().expect("an object").clone();
        jws::sign(header, claims.to_string().as_bytes(), &self.dpop).expect("signed")
    }

    pub(crate) async fn proof(&self, endpoint: &str, token: Option<&str>) -> String {
        self.proof_with(endpoint, token, |_, _| {}).await
    }

    /// A good authorization request, with parameters replaced, or left out where the value is empty.
    pub(crate) fn parameters(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let challenge = self.challenge.as_text();
        let good = [
            ("client_id", self.client.as_str()),
            ("response_type", "code"),
            ("redirect_uri", BACK),
            ("state", "a state"),
            ("scope", CONFIGURATION),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let kept = good.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let all = kept.chain(changes.iter().copied().filter(|(_, value)| !value.is_empty()));
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    pub(crate) fn pushing(&self, changes: &[(&str, &str)]) -> RequestBuilder {
        self.attested(self.town.post("/par")).form(&self.parameters(changes))
    }

    /// Pushes a request; answers its reference.
    pub(crate) async fn pushed(&self, changes: &[(&str, &str)]) -> String {
        let reply = send(self.pushing(changes)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["request_uri"].as_str().expect("a reference").to_owned()
    }

    /// The page that the browser is sent to.
    pub(crate) fn page(&self, request_uri: &str) -> RequestBuilder {
        self.page_with(request_uri, &[])
    }

    /// The same, with more in the address.
    pub(crate) fn page_with(&self, request_uri: &str, more: &[(&str, &str)]) -> RequestBuilder {
        let fixed = [("client_id", self.client.as_str()), ("request_uri", request_uri)];
        let query: Vec<(&str, &str)> = fixed.into_iter().chain(more.iter().copied()).collect();
        self.town.get(&format!("/authorize?{}", mibun_issuing::form::encode(&query)))
    }

    /// What the person answers on it.
    pub(crate) fn answering(&self, request_uri: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let fixed = [("client_id", self.client.as_str()), ("request_uri", request_uri)];
        let fields: Vec<(&str, &str)> = fixed.into_iter().chain(fields.iter().copied()).collect();
        self.town.post("/authorize").form(&fields)
    }

    /// Goes the way over the browser for an accepted person; answers the code.
    pub(crate) async fn code(&self, changes: &[(&str, &str)]) -> String {
        let request_uri = self.pushed(changes).await;
        let (reference, tx_code) = self.town.named_offer().await;
        let fields = [("reference", reference.as_str()), ("code", &tx_code), ("decision", "allow")];
        sent_back(&send(self.answering(&request_uri, &fields)).await, "code")
    }

    pub(crate) fn redeem_parameters(&self, code: &str) -> Vec<(&'static str, String)> {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", BACK.to_owned()),
            ("code_verifier", self.verifier.expose().to_owned()),
            ("client_id", self.client.clone()),
        ]
    }

    /// A token request with a proof.
    pub(crate) async fn asking_token(&self, parameters: &[(&'static str, String)]) -> RequestBuilder {
        let proof = self.proof("/token", None).await;
        self.attested(self.town.post("/token")).header("DPoP", proof).form(parameters)
    }

    pub(crate) async fn redeemed(&self, code: &str) -> Value {
        let reply = send(self.asking_token(&self.redeem_parameters(code)).await).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// The whole way to a token.
    pub(crate) async fn tokens(&self) -> Value {
        let code = self.code(&[]).await;
        self.redeemed(&code).await
    }

    pub(crate) async fn refreshing(&self, token: &Value) -> RequestBuilder {
        let token = token.as_str().expect("a refresh token").to_owned();
        let parameters =
            [("grant_type", "refresh_token".to_owned()), ("refresh_token", token), ("client_id", self.client.clone())];
        self.asking_token(&parameters).await
    }

    /// The token request for the code of an offer, with a proof of the key and nothing else.
    pub(crate) async fn redeeming_offer(&self, offered: &Offered) -> RequestBuilder {
        self.town.redeeming(offered).header("DPoP", self.proof("/token", None).await)
    }

    /// What that gives.
    pub(crate) async fn redeemed_offer(&self, offered: &Offered) -> Value {
        let reply = send(self.redeeming_offer(offered).await).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// Refreshes with a proof of the key and with these other parameters, but no attestation.
    pub(crate) async fn refreshing_alone(&self, token: &Value, more: &[(&str, &str)]) -> RequestBuilder {
        let token = token.as_str().expect("a refresh token");
        let fixed = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let parameters: Vec<(&str, &str)> = fixed.into_iter().chain(more.iter().copied()).collect();
        self.town.token_request(&parameters).header("DPoP", self.proof("/token", None).await)
    }

    /// A request to this endpoint under a token that is bound to the key.
    pub(crate) async fn under(&self, token: &str, endpoint: &str, body: &Value) -> RequestBuilder {
        let proof = self.proof(endpoint, Some(token)).await;
        let request = self.town.post(endpoint).header("Authorization", format!("DPoP {token}"));
        request.header("DPoP", proof).json(body)
    }

    /// Asks for copies bound to new keys.
    pub(crate) async fn asking_copies(&self, token: &str, copies: usize) -> RequestBuilder {
        let proofs = self.town.proofs(copies, &self.town.nonce().await);
        self.asking(token, &asking_with(&proofs)).await
    }

    pub(crate) async fn asking(&self, token: &str, body: &Value) -> RequestBuilder {
        self.under(token, "/credential", body).await
    }
}

/// The same token with other claims, or none other, signed again.
pub(crate) fn resigned(token: &str, signer: &dyn Signer, change: impl FnOnce(&mut Value)) -> String {
    let mut parts = token.split('.').map(|part| base64url::decode(part).unwrap_or_default());
    let mut read = || serde_json::from_slice::<Value>(&parts.next().expect("a part")).expect("JSON");
    let (mut header, mut claims) = (read(), read());
    change(&mut claims);
    let header = header.as_object_mut().expect("an object");
    header.remove("alg");
    jws::sign(header.clone(), claims.to_string().as_bytes(), signer).expect("signed")
}

/// A parameter of the address that the browser is sent back to.
pub(crate) fn sent_back(reply: &Reply, name: &str) -> String {
    sent_to(reply, BACK, name)
}

/// The same for a wallet at another address.
pub(crate) fn sent_to(reply: &Reply, start: &str, name: &str) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    let address = url::Url::parse(reply.header("location")).expect("an address");
    assert!(address.as_str().starts_with(start), "{address}");
    let found = address.query_pairs().find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}
