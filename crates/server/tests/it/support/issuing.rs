//! Collecting a card step by step, so that every step can be done wrongly.

use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_issuing::proof;
use mibun_issuing::token::PRE_AUTHORIZED_CODE;
use mibun_registry::{Grant, GrantId};
use mibun_server::entropy::SystemEntropy;
use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};

use super::Town;
use super::wire::send;

/// The name of the one card on offer.
pub(crate) const CONFIGURATION: &str = "mibun_card";

/// An offer that was looked up.
pub(crate) struct Offered {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) tx_code: String,
}

/// A card with its copies, and the keys that they are bound to.
pub(crate) struct Holder {
    pub(crate) copies: Vec<(String, SoftwareKey)>,
    pub(crate) token: String,
    pub(crate) notification: String,
}

pub(crate) fn key() -> SoftwareKey {
    SoftwareKey::generate(&mut SystemEntropy::new())
}

/// A transaction code that is not the right one.
pub(crate) fn another(tx_code: &str) -> String {
    tx_code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}

/// A proof whose header and claims were changed before it was signed.
pub(crate) fn proof_with(
    town: &Town,
    key: &SoftwareKey,
    nonce: &str,
    change: impl FnOnce(&mut Value, &mut Value),
) -> String {
    let mut header = json!({ "typ": proof::TYPE, "jwk": key.public_key().to_jwk().to_value() });
    let mut claims = json!({ "aud": town.app.config.server.public_url, "iat": town.app.clock.now().0, "nonce": nonce });
    change(&mut header, &mut claims);
    let header: Map<String, Value> = header.as_object().expect("an object").clone();
    jws::sign(header, claims.to_string().as_bytes(), key).expect("the key signs")
}

/// A request for the one card, with these proofs.
pub(crate) fn asking_with(proofs: &[String]) -> Value {
    json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "jwt": proofs } })
}

impl Town {
    /// An accepted person's offer, looked up as a wallet does.
    pub(crate) async fn offered(&self) -> Offered {
        let (link, tx_code) = self.offer().await;
        self.look_up(&link, tx_code).await
    }

    /// Looks up what an offer's link names.
    pub(crate) async fn look_up(&self, link: &str, tx_code: String) -> Offered {
        let link = url::Url::parse(link).expect("a link");
        let address =
            link.query_pairs().find(|(name, _)| name == "credential_offer_uri").expect("by reference").1.into_owned();
        let document = send(self.get(&address)).await.json();
        let grant = &document["grants"][PRE_AUTHORIZED_CODE];
        let code = grant["pre-authorized_code"].as_str().expect("a code").to_owned();
        Offered { id: address.rsplit('/').next().expect("an identifier").to_owned(), code, tx_code }
    }

    /// A token request with exactly these parameters.
    pub(crate) fn token_request(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        self.post("/token").form(parameters)
    }

    /// The token request that a good wallet sends.
    pub(crate) fn redeeming(&self, offered: &Offered) -> RequestBuilder {
        self.redeeming_with(&offered.code, &offered.tx_code)
    }

    pub(crate) fn redeeming_with(&self, code: &str, tx_code: &str) -> RequestBuilder {
        self.token_request(&[("grant_type", PRE_AUTHORIZED_CODE), ("pre-authorized_code", code), ("tx_code", tx_code)])
    }

    /// An access token for a fresh offer.
    pub(crate) async fn token(&self) -> String {
        let offered = self.offered().await;
        self.token_for(&offered).await
    }

    pub(crate) async fn token_for(&self, offered: &Offered) -> String {
        let reply = send(self.redeeming(offered)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn nonce(&self) -> String {
        send(self.post("/nonce")).await.json()["c_nonce"].as_str().expect("a nonce").to_owned()
    }

    pub(crate) fn proof(&self, key: &SoftwareKey, nonce: &str) -> String {
        proof_with(self, key, nonce, |_, _| {})
    }

    /// Proofs of that many new keys.
    pub(crate) fn proofs(&self, count: usize, nonce: &str) -> Vec<String> {
        (0..count).map(|_| self.proof(&key(), nonce)).collect()
    }

    pub(crate) fn credential_request(&self, token: &str, body: &Value) -> RequestBuilder {
        self.post("/credential").bearer_auth(token).json(body)
    }

    /// A person with a card of ten copies.
    pub(crate) async fn holder(&self) -> Holder {
        self.collect(self.token().await).await
    }

    /// Collects a card of ten copies with an access token.
    pub(crate) async fn collect(&self, token: String) -> Holder {
        let nonce = self.nonce().await;
        let keys: Vec<SoftwareKey> = (0..10).map(|_| key()).collect();
        let proofs: Vec<String> = keys.iter().map(|key| self.proof(key, &nonce)).collect();
        let reply = send(self.credential_request(&token, &asking_with(&proofs))).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let issued = reply.json();
        let copies = issued["credentials"].as_array().expect("copies").iter();
        let copies = copies.map(|copy| copy["credential"].as_str().expect("a copy").to_owned());
        Holder {
            copies: copies.zip(keys).collect(),
            token,
            notification: issued["notification_id"].as_str().expect("an identifier").to_owned(),
        }
    }

    /// The grant behind an offer, as it is stored.
    pub(crate) async fn grant(&self, offered: &Offered) -> Grant {
        let id: GrantId = offered.id.parse().expect("an identifier");
        self.app.registry.read().await.expect("the record").grant(id).await.expect("the record").expect("the grant")
    }
}
