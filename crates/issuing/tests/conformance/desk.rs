//! The suite's credential endpoint: what it says about itself, what it demands, and the cards it makes.

use mibun_card::CardFormat;
use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{Edition, EditionSpec, KeyAuthorizations};
use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::jws;
use mibun_crypto::key::{Jwk, PublicKey, Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_issuing::exchange::{HttpRequest, HttpResponse};
use mibun_trust::attestation::key::{self, Carried, Expected};
use serde_json::{Map, Value, json};

use crate::Variant;
use crate::checks::{header, proof};
use crate::our_wallet::{COPIES, Provider};
use crate::suite_issuer::{NOW, good};

const ISSUER: &str = "https://suite.example/test/a/mibun/";
const VCT: &str = "urn:eudi:pid:1";
const LIMITS: Limits = Limits { bytes: 256 * 1024, depth: 12, nodes: 2000 };

/// Who signs the suite's cards.
pub struct Signing {
    pub root: Certificate,
    leaf: Certificate,
    key: SoftwareKey,
}

impl Signing {
    pub fn new(name: &str) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let (root_key, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
        let validity = Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(365) };
        let subject = |name: &str| Subject { common_name: name.to_owned(), organisation: None, country: None };
        let root = AuthoritySpec { subject: subject("The suite"), validity, path_length: None };
        let root = issue_root(&root, &root_key, &mut entropy).expect("a root");
        let leaf = LeafSpec {
            subject: subject("Card signer"),
            alternative_names: Vec::new(),
            purpose: Purpose::DocumentSigner,
            validity,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&leaf, &root, &root_key, &mut entropy).expect("a leaf");
        Self { root, leaf, key }
    }

    fn card(&self, format: CardFormat, key: &PublicKey, spoil: &dyn Fn(&mut Vec<u8>)) -> String {
        match format {
            CardFormat::SdJwtVc => {
                let mut header = Map::new();
                header.insert("typ".to_owned(), "dc+sd-jwt".into());
                header.insert("x5c".to_owned(), json!([base64url::encode_standard(self.leaf.der())]));
                let end = NOW.plus_days(30).0;
                let claims = json!({ "vct": VCT, "exp": end, "cnf": { "jwk": key.to_jwk().to_value() } });
                format!("{}~", jws::sign(header, claims.to_string().as_bytes(), &self.key).expect("signed"))
            }
            CardFormat::Mdoc => {
                let mut document = self.document(key);
                spoil(&mut document);
                base64url::encode(&document)
            }
        }
    }

    fn document(&self, key: &PublicKey) -> Vec<u8> {
        let person = json!({
            "family_name": "Tanaka", "given_name": "Hanako", "birthdate": "1990-04-01", "nationalities": ["JP"],
            "place_of_birth": { "country": "JP" }, "issuing_authority": "Suite", "issuing_country": "JP",
            "date_of_expiry": "2027-01-01",
        });
        let elements = PID.elements_of(person.as_object().expect("an object")).expect("a person");
        let (authorizations, chain) = (KeyAuthorizations::default(), [self.leaf.der().to_vec()]);
        let spec = EditionSpec {
            document_type: &PID,
            elements: &elements,
            authorizations: &authorizations,
            issued_at: NOW,
            expires_at: NOW.plus_days(30),
            x5chain: &chain,
        };
        let status = json!({ "status_list": { "idx": 1, "uri": "https://suite.example/list" } });
        let edition = Edition::new(&spec, &self.key).expect("a document");
        edition.copy(key, &status, &mut SeededEntropy::new("a copy")).expect("a copy")
    }
}

/// Changes the bytes of a document.
type Spoiling = Box<dyn Fn(&mut Vec<u8>)>;

pub struct CardDesk {
    variant: Variant,
    /// To which requests are encrypted.
    key: EphemeralKey,
    nonces: usize,
    /// Nonces that are called stale before one is taken.
    pub stale: usize,
    pub waited: usize,
    pub notified: Vec<Value>,
    /// Cards that are kept back, and how the answer is to be encrypted.
    waiting: Option<Vec<PublicKey>>,
    pub reverse: bool,
    /// What stands for the card in requests, where the token response names it.
    pub identifier: Option<String>,
    /// Changes each document.
    pub spoil: Spoiling,
    /// Whether somebody whom nobody trusts signs.
    pub stranger: bool,
}

impl CardDesk {
    pub fn new(variant: Variant) -> Self {
        let key = EphemeralKey::generate(&mut SeededEntropy::new("requests"));
        Self {
            variant,
            key,
            nonces: 0,
            stale: 0,
            waited: 0,
            notified: Vec::new(),
            waiting: None,
            reverse: true,
            identifier: None,
            spoil: Box::new(|_| {}),
            stranger: false,
        }
    }

    pub fn configuration(&self) -> &'static str {
        match self.variant.format {
            CardFormat::SdJwtVc => "a card",
            CardFormat::Mdoc => "eu.europa.ec.eudi.pid.mdoc.1",
        }
    }

    pub fn nonce(&mut self) -> String {
        self.nonces += 1;
        format!("nonce-{}", self.nonces)
    }

    pub fn metadata(&self, base: &str) -> Value {
        let mut proofs = json!({ "jwt": { "proof_signing_alg_values_supported": ["ES256"] } });
        if self.variant.attested {
            proofs["jwt"]["key_attestations_required"] = json!({});
        }
        let mut card = match self.variant.format {
            CardFormat::SdJwtVc => json!({ "format": "dc+sd-jwt", "vct": VCT }),
            CardFormat::Mdoc => json!({ "format": "mso_mdoc", "doctype": PID.doc_type }),
        };
        card["scope"] = "the-scope".into();
        card["proof_types_supported"] = proofs;
        let method = if self.variant.format == CardFormat::Mdoc { "cose_key" } else { "jwk" };
        card["cryptographic_binding_methods_supported"] = json!([method]);
        let mut metadata = json!({
            "credential_issuer": base,
            "credential_endpoint": format!("{base}credential"),
            "nonce_endpoint": format!("{base}nonce"),
            "deferred_credential_endpoint": format!("{base}deferred"),
            "notification_endpoint": format!("{base}notification"),
            "batch_credential_issuance": { "batch_size": 10 },
            "credential_configurations_supported": {
                self.configuration(): card,
                "strange": { "format": "a format of its own" },
            },
        });
        if self.variant.encrypted {
            let keys = [self.key.public_jwk("request-1").to_value()];
            metadata["credential_request_encryption"] =
                json!({ "jwks": { "keys": keys }, "enc_values_supported": ["A128GCM"], "encryption_required": true });
            metadata["credential_response_encryption"] = json!({
                "alg_values_supported": ["ECDH-ES"], "enc_values_supported": ["A256GCM"], "encryption_required": true,
            });
        }
        metadata
    }

    /// The body, opened where it has to be encrypted, and how the answer has to be.
    fn opened(&self, request: &HttpRequest) -> (Value, Option<Jwk>) {
        let media_type = header(request, "content-type").expect("a media type");
        if !self.variant.encrypted {
            assert_eq!(media_type, "application/json");
            let body: Value = serde_json::from_slice(&request.body).expect("JSON");
            assert!(body.get("credential_response_encryption").is_none());
            return (body, None);
        }
        assert_eq!(media_type, "application/jwt");
        let text = std::str::from_utf8(&request.body).expect("text");
        let opened = jwe::decrypt(text, &self.key, &[Enc::A128Gcm], &LIMITS).expect("encrypted to the suite");
        assert_eq!(opened.header.kid(), Some("request-1"));
        let body: Value = serde_json::from_slice(&opened.payload).expect("JSON");
        let wanted = &body["credential_response_encryption"];
        assert_eq!((&wanted["enc"], &wanted["jwk"]["alg"]), (&json!("A256GCM"), &json!("ECDH-ES")));
        let key = Jwk::from_value(&wanted["jwk"]).expect("a key for the answer");
        (body, Some(key))
    }

    pub fn credential(&mut self, signing: &Signing, request: &HttpRequest) -> HttpResponse {
        let (body, answer) = self.opened(request);
        match &self.identifier {
            Some(identifier) => assert_eq!(body["credential_identifier"], identifier.as_str()),
            None => assert_eq!(body["credential_configuration_id"], self.configuration()),
        }
        assert!(body.get("credential_identifier").is_none() || body.get("credential_configuration_id").is_none());
        let proofs = body["proofs"]["jwt"].as_array().expect("proofs of type jwt");
        assert_eq!(body["proofs"].as_object().expect("an object").len(), 1);
        assert_eq!(proofs.len(), COPIES);
        let nonce = format!("nonce-{}", self.nonces);
        if self.stale > 0 {
            self.stale -= 1;
            return HttpResponse::new(400, json!({ "error": "invalid_nonce" }).to_string());
        }
        let mut keys = Vec::new();
        for text in proofs {
            let (key, attestation) = proof(text.as_str().expect("text"), ISSUER, &nonce, NOW.0);
            self.check_attestation(&key, attestation.as_deref(), &nonce);
            assert!(!keys.contains(&key), "each copy has a key of its own");
            keys.push(key);
        }
        if self.variant.deferred {
            self.waiting = Some(keys);
            return self.pending(answer);
        }
        self.cards(signing, keys, answer)
    }

    fn check_attestation(&self, own: &PublicKey, attestation: Option<&str>, nonce: &str) {
        assert_eq!(attestation.is_some(), self.variant.attested);
        let Some(attestation) = attestation else { return };
        let expected = Expected {
            anchors: &[Provider::new().root],
            carried: Carried::InProof,
            key_storage: &[],
            user_authentication: &[],
            now: NOW,
        };
        let verified = key::verify(attestation, &expected).expect("our provider attests");
        assert_eq!((verified.keys.len(), verified.nonce.as_deref()), (COPIES, Some(nonce)));
        assert!(verified.keys.contains(own));
    }

    fn pending(&self, answer: Option<Jwk>) -> HttpResponse {
        let body = json!({ "transaction_id": "transaction-1", "interval": 5, "zz": 1 });
        HttpResponse { status: 202, ..sealed(body, answer) }
    }

    pub fn deferred(&mut self, signing: &Signing, request: &HttpRequest) -> HttpResponse {
        let (body, answer) = self.opened(request);
        assert_eq!(body["transaction_id"], "transaction-1");
        // Not the first time.
        if self.waited < 2 {
            return self.pending(answer);
        }
        let keys = self.waiting.take().expect("cards that are kept back");
        self.cards(signing, keys, answer)
    }

    fn cards(&self, signing: &Signing, mut keys: Vec<PublicKey>, answer: Option<Jwk>) -> HttpResponse {
        if self.reverse {
            keys.reverse();
        }
        let stranger = self.stranger.then(|| Signing::new("a stranger"));
        let signing = stranger.as_ref().unwrap_or(signing);
        let card = |key| signing.card(self.variant.format, key, &self.spoil);
        let issued = keys.iter().map(|key| json!({ "credential": card(key), "zz": 1 }));
        let body = json!({ "credentials": issued.collect::<Vec<_>>(), "notification_id": "notification-1" });
        sealed(body, answer)
    }

    pub fn notification(&mut self, request: &HttpRequest) -> HttpResponse {
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        assert_eq!(body["notification_id"], "notification-1");
        self.notified.push(body["event"].clone());
        HttpResponse::new(204, "")
    }
}

fn sealed(body: Value, answer: Option<Jwk>) -> HttpResponse {
    let Some(key) = answer else { return good(body) };
    let mut entropy = SeededEntropy::new("an answer");
    let text = body.to_string();
    let sealed = jwe::encrypt(text.as_bytes(), &key, Enc::A256Gcm, PartyInfo::default(), &mut entropy);
    HttpResponse::new(200, sealed.expect("encrypted"))
}
