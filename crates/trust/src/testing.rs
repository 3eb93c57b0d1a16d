//! Signers of statements for tests: an authority, and leaves below it.

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{
    AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_intermediate, issue_leaf, issue_root,
};
use serde_json::{Map, Value};

/// The time of all tests.
pub const NOW: Timestamp = Timestamp(1_800_000_000);

/// Somebody with a chain.
pub struct Party {
    pub key: SoftwareKey,
    /// Leaf first, without the root.
    pub x5c: Vec<Vec<u8>>,
    pub root: Certificate,
}

impl Party {
    /// A signer for `purpose` below an authority of its own.
    pub fn new(name: &str, purpose: Purpose) -> Self {
        Self::with(name, purpose, Algorithm::Es256, validity(-10, 300))
    }

    pub fn with(name: &str, purpose: Purpose, algorithm: Algorithm, validity: Validity) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let (root_key, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate_for(algorithm, &mut entropy));
        let root = issue_root(&authority(name), &root_key, &mut entropy).expect("a root");
        let leaf = leaf(name, purpose, &key, validity);
        let leaf = issue_leaf(&leaf, &root, &root_key, &mut entropy).expect("a leaf");
        Self { key, x5c: vec![leaf.der().to_vec()], root }
    }

    /// The same below another authority below the root.
    pub fn below_another(name: &str, purpose: Purpose) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let [root_key, middle_key, key] = std::array::from_fn(|_| SoftwareKey::generate(&mut entropy));
        let root = issue_root(&authority(name), &root_key, &mut entropy).expect("a root");
        let spec = authority(&format!("{name} below"));
        let middle = issue_intermediate(&spec, middle_key.public_key(), &root, &root_key, &mut entropy);
        let middle = middle.expect("an authority");
        let leaf = leaf(name, purpose, &key, validity(-10, 300));
        let leaf = issue_leaf(&leaf, &middle, &middle_key, &mut entropy).expect("a leaf");
        Self { key, x5c: vec![leaf.der().to_vec(), middle.der().to_vec()], root }
    }

    pub fn anchors(&self) -> &[Certificate] {
        std::slice::from_ref(&self.root)
    }

    /// `x5c` as a header has it.
    pub fn chain(&self) -> Value {
        self.x5c.iter().map(|der| Value::from(base64url::encode_standard(der))).collect()
    }
}

/// Days from [`NOW`].
pub fn validity(from: i64, to: i64) -> Validity {
    Validity { not_before: NOW.plus_days(from), not_after: NOW.plus_days(to) }
}

fn subject(name: &str) -> Subject {
    Subject { common_name: name.into(), organisation: Some(name.into()), country: Some("JP".into()) }
}

fn authority(name: &str) -> AuthoritySpec {
    AuthoritySpec { subject: subject(name), validity: validity(-20, 4000), path_length: None }
}

fn leaf<'a>(name: &str, purpose: Purpose, key: &'a SoftwareKey, validity: Validity) -> LeafSpec<'a> {
    let subject = Subject { common_name: format!("{name} leaf"), ..subject(name) };
    LeafSpec { subject, alternative_names: vec![], purpose, validity, subject_key: key.public_key() }
}

/// A key that no test else has.
pub fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

/// Signs any header over any payload.
pub fn sign(header: &Value, payload: &Value, key: &dyn Signer) -> String {
    let header: Map<String, Value> = header.as_object().expect("an object").clone();
    jws::sign(header, payload.to_string().as_bytes(), key).expect("a signature")
}

/// The same message with one bit of its signature turned.
pub fn with_bad_signature(message: &str) -> String {
    let (input, signature) = message.rsplit_once('.').expect("three parts");
    let mut bytes = base64url::decode(signature).expect("base64url");
    bytes[5] ^= 1;
    jws::attach(input.to_owned(), &bytes)
}

/// The same message under another header, which the signature does not cover.
pub fn with_header(message: &str, header: &Value) -> String {
    let (_, rest) = message.split_once('.').expect("three parts");
    format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))
}
