//! An organisation that sends a request with parts of an example in it, and a wallet that reads it.

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_presenting::dc_api::{BrowserRequest, Call, CallError, Origin, read};
use mibun_presenting::request::{
    Accepting, Authentication, FetchMethod, REQUEST_TYP, RequestError, RequestLink, STATIC_AUDIENCE, UriPolicy,
    VerifiedRequest, client_id, verify,
};
use serde_json::{Map, Value, json};
use url::Url;

const NOW: Timestamp = Timestamp(1_800_000_000);

pub struct Asker {
    root: Certificate,
    leaf: Certificate,
    key: SoftwareKey,
}

impl Asker {
    pub fn new() -> Result<Self, String> {
        let mut entropy = SeededEntropy::new("asker");
        let (authority, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
        let validity = Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(1) };
        let subject = |name: &str| Subject { common_name: name.into(), organisation: Some(name.into()), country: None };
        let spec = AuthoritySpec { subject: subject("Authority"), validity, path_length: None };
        let root = issue_root(&spec, &authority, &mut entropy).map_err(|error| error.to_string())?;
        let spec = LeafSpec {
            subject: subject("Asker"),
            alternative_names: vec![],
            purpose: Purpose::AccessCertificate,
            validity,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &root, &authority, &mut entropy).map_err(|error| error.to_string())?;
        Ok(Self { root, leaf, key })
    }

    /// A request that a wallet accepts as it is.
    pub fn payload(&self) -> Value {
        json!({
            "client_id": client_id(self.leaf.der()),
            "aud": STATIC_AUDIENCE,
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "response_uri": "https://client.example.org/post",
            "nonce": "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA",
            "dcql_query": { "credentials": [{
                "id": "my_credential",
                "format": "dc+sd-jwt",
                "meta": { "vct_values": ["https://credentials.example.com/identity_credential"] },
            }] },
            "client_metadata": { "vp_formats_supported": { "dc+sd-jwt": {} } },
        })
    }

    /// Signs `payload`; a wallet that followed the asker's link reads it.
    pub fn ask(&self, payload: &Value) -> Result<VerifiedRequest, RequestError> {
        let mut header = Map::new();
        header.insert("typ".into(), REQUEST_TYP.into());
        header.insert("x5c".into(), json!([base64url::encode_standard(self.leaf.der())]));
        let object = jws::sign(header, payload.to_string().as_bytes(), &self.key).expect("the key signs");
        self.read(&object)
    }

    /// A wallet that followed the asker's link reads `object`.
    pub fn read(&self, object: &str) -> Result<VerifiedRequest, RequestError> {
        let request_uri = Url::parse("https://client.example.org/request/1").expect("a valid address");
        let link = RequestLink { client_id: client_id(self.leaf.der()), request_uri, method: FetchMethod::Get };
        let anchors = [self.root.clone()];
        let by = Authentication {
            link: &link,
            wallet_nonce: None,
            accepting: Accepting::haip(&anchors),
            policy: UriPolicy::Https,
            now: NOW,
        };
        verify(object, &by).map_err(|refused| refused.error)
    }

    /// A call with `payload`, signed in the way of `protocol`, by the page at `origin`.
    pub fn call(&self, payload: &Value, protocol: &str, origin: &str) -> Result<BrowserRequest, CallError> {
        let mut payload = payload.clone();
        let mut header = Map::new();
        header.insert("typ".into(), REQUEST_TYP.into());
        header.insert("x5c".into(), json!([base64url::encode_standard(self.leaf.der())]));
        let several = protocol == "openid4vp-v1-multisigned";
        if several {
            header.insert("client_id".into(), client_id(self.leaf.der()).into());
        } else {
            payload["client_id"] = client_id(self.leaf.der()).into();
        }
        let object = jws::sign(header, payload.to_string().as_bytes(), &self.key).expect("the key signs");
        let parts: Vec<&str> = object.split('.').collect();
        let data = match several {
            false => json!({ "request": object }),
            true => {
                let signatures = json!([{ "protected": parts[0], "signature": parts[2] }]);
                json!({ "request": { "payload": parts[1], "signatures": signatures } })
            }
        };
        let origin = Origin::parse(origin, UriPolicy::Https).expect("an origin");
        read(&Call { origin: &origin, protocol, data: &data }, &Accepting::haip(std::slice::from_ref(&self.root)), NOW)
    }
}
