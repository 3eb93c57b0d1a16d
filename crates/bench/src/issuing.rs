//! One flow of a wallet that collects a card: token, nonce, and ten copies for ten proofs.

use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_server::work::issuing::CONFIGURATION;
use reqwest::Client;
use serde_json::{Map, Value, json};

use crate::Failure;
use crate::installation::{Installation, Offer};

/// Copies in a batch, each for a key of its own.
const COPIES: usize = 10;

/// Where the flow goes, and the keys it proves. All flows use the same ten keys: making them is the wallet's work.
pub(crate) struct Collector {
    client: Client,
    base: String,
    keys: Vec<SoftwareKey>,
}

impl Collector {
    pub(crate) fn new(installation: &Installation, client: Client) -> Self {
        let app = &installation.app;
        let keys = (0..COPIES).map(|_| SoftwareKey::generate(&mut *app.entropy())).collect();
        Self { client, base: app.config.server.public_url.clone(), keys }
    }

    /// The whole flow.
    pub(crate) async fn collect(&self, offer: Offer, now: i64) -> Result<(), Failure> {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code"),
            ("pre-authorized_code", &offer.code),
            ("tx_code", &offer.tx_code),
        ];
        let token = answer(self.client.post(self.at("/token")).form(&form)).await?;
        let nonce = answer(self.client.post(self.at("/nonce"))).await?;
        let nonce = nonce["c_nonce"].as_str().ok_or("no nonce")?;
        let proofs = self.keys.iter().map(|key| self.proof(key, nonce, now)).collect::<Result<Vec<_>, _>>()?;
        let request = json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "jwt": proofs } });
        let bearer = token["access_token"].as_str().ok_or("no token")?;
        let issued = answer(self.client.post(self.at("/credential")).bearer_auth(bearer).json(&request)).await?;
        let copies = issued["credentials"].as_array().map_or(0, Vec::len);
        if copies == COPIES { Ok(()) } else { Err(format!("{copies} copies instead of {COPIES}").into()) }
    }

    fn proof(&self, key: &SoftwareKey, nonce: &str, now: i64) -> Result<String, Failure> {
        let mut header = Map::new();
        header.insert("typ".to_owned(), "openid4vci-proof+jwt".into());
        header.insert("jwk".to_owned(), key.public_key().to_jwk().to_value());
        let payload = json!({ "aud": self.base, "iat": now, "nonce": nonce });
        Ok(jws::sign(header, payload.to_string().as_bytes(), key)?)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Value, Failure> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if !status.is_success() {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(serde_json::from_slice(&body)?)
}
