//! What the tests of this crate share: an authority, an organisation with an access certificate, a valid request.

use std::sync::OnceLock;

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{
    AlternativeName, AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root,
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::dcql::Query;
use crate::request::{
    Accepting, AccessIdentity, AnswerBy, Authentication, FetchMethod, REQUEST_TYP, Refused, RequestLink, RequestSpec,
    UriPolicy, VerifiedRequest, client_id, verify,
};

pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000);
pub(crate) const NONCE: &str = "n-0S6_WzA2Mj1aXbk39dkQ2";
pub(crate) const STATE: &str = "s-9fKq2LmZ7TtR5vYwB8nPx";
pub(crate) const WALLET_NONCE: &str = "w-Q7xE3rTy8UiO2pAs5dFgH";
pub(crate) const KID: &str = "answer-1";

const VALIDITY: Validity = Validity { not_before: Timestamp(1_790_000_000), not_after: Timestamp(1_810_000_000) };

/// A root and its key.
pub(crate) struct Authority {
    pub(crate) root: Certificate,
    key: SoftwareKey,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let key = SoftwareKey::generate(&mut entropy);
        let spec = AuthoritySpec { subject: subject(name, None), validity: VALIDITY, path_length: None };
        let root = issue_root(&spec, &key, &mut entropy).expect("a root is issued");
        Self { root, key }
    }

    /// An organisation of that name with a certificate for `purpose`.
    pub(crate) fn admit(&self, name: &str, purpose: Purpose, algorithm: Algorithm) -> Organisation {
        self.issue(name, (purpose, algorithm), vec![])
    }

    /// An organisation with these names in its certificate.
    pub(crate) fn admit_as(&self, name: &str, purpose: Purpose, names: Vec<AlternativeName>) -> Organisation {
        self.issue(name, (purpose, Algorithm::Es256), names)
    }

    fn issue(
        &self,
        name: &str,
        (purpose, algorithm): (Purpose, Algorithm),
        alternative_names: Vec<AlternativeName>,
    ) -> Organisation {
        let mut entropy = SeededEntropy::new(format!("{name} {purpose:?} {algorithm}"));
        let key = SoftwareKey::generate_for(algorithm, &mut entropy);
        let spec = LeafSpec {
            subject: subject(name, Some(name)),
            alternative_names,
            purpose,
            validity: VALIDITY,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &self.root, &self.key, &mut entropy).expect("a leaf is issued");
        Organisation { chain: vec![leaf.der().to_vec()], key }
    }
}

fn subject(common_name: &str, organisation: Option<&str>) -> Subject {
    Subject { common_name: common_name.into(), organisation: organisation.map(str::to_owned), country: None }
}

/// Somebody who may ask.
pub(crate) struct Organisation {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) key: SoftwareKey,
}

impl Organisation {
    pub(crate) fn identity(&self) -> AccessIdentity<'_> {
        AccessIdentity { chain: &self.chain, signer: &self.key }
    }

    /// The same organisation, to be changed.
    pub(crate) fn copy(&self) -> Self {
        let key = SoftwareKey::from_pkcs8_der(&self.key.to_pkcs8_der()).expect("our own encoding");
        Self { chain: self.chain.clone(), key }
    }

    pub(crate) fn client_id(&self) -> String {
        client_id(&self.chain[0])
    }

    pub(crate) fn link(&self, method: FetchMethod) -> RequestLink {
        let request_uri = Url::parse("https://hotel.example/vp/requests/1").expect("a valid address");
        RequestLink { client_id: self.client_id(), request_uri, method }
    }

    /// Signs `payload` under the usual header, after `change`.
    pub(crate) fn sign(&self, payload: &Value, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let x5c: Vec<Value> = self.chain.iter().map(|der| base64url::encode_standard(der).into()).collect();
        let mut header = Map::new();
        header.insert("typ".into(), REQUEST_TYP.into());
        header.insert("x5c".into(), x5c.into());
        change(&mut header);
        jws::sign(header, payload.to_string().as_bytes(), &self.key).expect("the key signs")
    }
}

pub(crate) fn authority() -> Authority {
    Authority::new("Mibun test authority")
}

/// The hotel of these tests. Signatures differ each time they are made, so its certificate is made once.
pub(crate) fn hotel() -> &'static Organisation {
    static HOTEL: OnceLock<Organisation> = OnceLock::new();
    HOTEL.get_or_init(|| authority().admit("Hotel Sakura", Purpose::AccessCertificate, Algorithm::Es256))
}

pub(crate) fn response_uri() -> Url {
    Url::parse("https://hotel.example/vp/responses/1").expect("a valid address")
}

pub(crate) fn response_key() -> EphemeralKey {
    EphemeralKey::generate(&mut SeededEntropy::new("response key"))
}

pub(crate) fn query() -> Query {
    Query::from_value(&json!({ "credentials": [{
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": ["urn:eudi:pid:1"] },
        "claims": [{ "path": ["family_name"] }, { "path": ["given_name"] }],
    }] }))
    .expect("a valid query")
}

/// What the hotel asks, without a nonce of the wallet.
pub(crate) fn spec<'a>(query: &'a Query, response_uri: &'a Url, answer_by: AnswerBy<'a>) -> RequestSpec<'a> {
    RequestSpec {
        query,
        cards: Accepted::HAIP,
        notice: None,
        verifier_info: &[],
        transaction_data: &[],
        nonce: NONCE,
        state: STATE,
        wallet_nonce: None,
        response_uri,
        answer_by,
        issued_at: NOW,
        expires_at: NOW.plus_seconds(300),
    }
}

/// A request object as the hotel makes it, encrypted answers wanted.
pub(crate) fn object(wallet_nonce: Option<&str>) -> String {
    let (query, key) = (query(), response_key().public_jwk(KID));
    let uri = response_uri();
    let spec = RequestSpec { wallet_nonce, ..spec(&query, &uri, AnswerBy::DirectPostJwt(&key)) };
    spec.sign(&hotel().identity()).expect("the request is signed")
}

/// The payload of [`object`], to be changed and signed again.
pub(crate) fn payload() -> Value {
    let limits = mibun_crypto::json::Limits::default();
    jws::parse(&object(None), &limits).and_then(|jws| jws.payload_json(&limits)).expect("our own request parses")
}

/// Verifies `object` as a wallet that followed the hotel's link.
pub(crate) fn wallet_verifies(object: &str) -> Result<VerifiedRequest, Refused> {
    let (hotel, anchors) = (hotel(), [authority().root]);
    let by = Authentication {
        link: &hotel.link(FetchMethod::Get),
        wallet_nonce: None,
        accepting: Accepting::haip(&anchors),
        policy: UriPolicy::Https,
        now: NOW,
    };
    verify(object, &by)
}
