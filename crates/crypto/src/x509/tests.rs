mod algorithms;
mod chains;
mod fields;
mod openssl;
mod profiles;
mod purposes;

use super::issue::{Content, authority_extensions, leaf_extensions};
use super::*;
use crate::entropy::SeededEntropy;
use crate::key::{Algorithm, PublicKey, Signer, SoftwareKey};
use crate::time::Timestamp;

const YEAR: i64 = 365 * 86_400;
const NOW: Timestamp = Timestamp(1_795_343_400);

fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

fn years(before: i64, after: i64) -> Validity {
    Validity { not_before: NOW.plus_seconds(-before * YEAR), not_after: NOW.plus_seconds(after * YEAR) }
}

fn subject(name: &str) -> Subject {
    Subject { common_name: name.to_owned(), organisation: Some("身分市".to_owned()), country: Some("JP".to_owned()) }
}

fn authority(name: &str, path_length: Option<u8>) -> AuthoritySpec {
    AuthoritySpec { subject: subject(name), validity: years(1, 10), path_length }
}

fn leaf(key: &PublicKey, purpose: Purpose) -> LeafSpec<'_> {
    LeafSpec {
        subject: subject("Leaf"),
        alternative_names: vec![
            AlternativeName::Dns("id.example.org".to_owned()),
            AlternativeName::Uri("https://id.example.org".to_owned()),
        ],
        purpose,
        validity: years(0, 1),
        subject_key: key,
    }
}

/// An authority: its key, its certificate and the chain that leads from it up to, but without, the root.
struct Authority {
    key: SoftwareKey,
    certificate: Certificate,
    above: Vec<Vec<u8>>,
}

impl Authority {
    fn root(name: &str, path_length: Option<u8>) -> Self {
        let key = key(name);
        let certificate = issue_root(&authority(name, path_length), &key, &mut SeededEntropy::new(name));
        Self { key, certificate: certificate.expect("a root"), above: Vec::new() }
    }

    fn below(&self, name: &str, path_length: Option<u8>) -> Self {
        let key = key(name);
        let (spec, mut entropy) = (authority(name, path_length), SeededEntropy::new(name));
        let certificate = issue_intermediate(&spec, key.public_key(), &self.certificate, &self.key, &mut entropy);
        let certificate = certificate.expect("an authority");
        let above = [vec![certificate.der().to_vec()], self.above.clone()].concat();
        Self { key, certificate, above }
    }

    fn leaf(&self, purpose: Purpose) -> Vec<Vec<u8>> {
        let key = key("leaf");
        let issued =
            issue_leaf(&leaf(key.public_key(), purpose), &self.certificate, &self.key, &mut SeededEntropy::new("leaf"));
        self.chain(&issued.expect("a leaf"))
    }

    /// A certificate that our own functions would not issue, with whatever `change` makes of a good leaf's content.
    fn odd_leaf(&self, change: impl FnOnce(&mut Content)) -> Vec<Vec<u8>> {
        let key = key("leaf");
        let spec = leaf(key.public_key(), Purpose::DocumentSigner);
        let mut content = Content {
            issuer: subject(self.certificate.subject_cn().expect("a name")).to_name(None).expect("a name"),
            subject: spec.subject.to_name(None).expect("a name"),
            validity: spec.validity,
            extensions: leaf_extensions(&spec, self.key.public_key()).expect("extensions"),
        };
        change(&mut content);
        let certificate = content.sign(key.public_key(), &self.key, &mut SeededEntropy::new("odd"));
        self.chain(&certificate.expect("a certificate"))
    }

    fn chain(&self, leaf: &Certificate) -> Vec<Vec<u8>> {
        [vec![leaf.der().to_vec()], self.above.clone()].concat()
    }
}
