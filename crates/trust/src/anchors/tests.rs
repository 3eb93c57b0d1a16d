use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AuthoritySpec, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};

use super::*;

const VALIDITY: Validity = Validity { not_before: Timestamp(1_800_000_000), not_after: Timestamp(1_900_000_000) };

fn subject(name: &str) -> Subject {
    Subject { common_name: name.into(), organisation: None, country: None }
}

fn root(name: &str) -> Certificate {
    let mut entropy = SeededEntropy::new(name);
    let key = SoftwareKey::generate(&mut entropy);
    let spec = AuthoritySpec { subject: subject(name), validity: VALIDITY, path_length: None };
    issue_root(&spec, &key, &mut entropy).expect("a root is issued")
}

fn leaf() -> Certificate {
    let mut entropy = SeededEntropy::new("leaf");
    let (authority, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
    let spec = AuthoritySpec { subject: subject("root"), validity: VALIDITY, path_length: None };
    let issuer = issue_root(&spec, &authority, &mut entropy).expect("a root is issued");
    let spec = LeafSpec {
        subject: subject("leaf"),
        alternative_names: vec![],
        purpose: Purpose::AccessCertificate,
        validity: VALIDITY,
        subject_key: key.public_key(),
    };
    issue_leaf(&spec, &issuer, &authority, &mut entropy).expect("a leaf is issued")
}

#[test]
fn a_bundle_of_two_roots_is_read_in_order() {
    let pem = root("first").to_pem() + &root("second").to_pem();
    let names: Vec<_> =
        bundle(&pem).expect("both are roots").into_iter().map(|r| r.subject_cn().map(str::to_owned)).collect();
    assert_eq!(names, [Some("first".to_owned()), Some("second".to_owned())]);
}

#[test]
fn the_three_purposes_are_kept_apart() {
    let pem = |name| root(name).to_pem();
    let anchors = TrustAnchors::from_pem(&pem("i"), &pem("s"), &pem("a")).expect("all are roots");
    let name = |set: &[Certificate]| set[0].subject_cn().map(str::to_owned);
    assert_eq!(name(&anchors.issuers).as_deref(), Some("i"));
    assert_eq!(name(&anchors.status).as_deref(), Some("s"));
    assert_eq!(name(&anchors.access).as_deref(), Some("a"));
}

#[test]
fn an_empty_bundle_is_refused() {
    assert_eq!(bundle("  \n").expect_err("nothing to trust"), AnchorError::Empty);
}

#[test]
fn a_bundle_with_a_leaf_is_refused() {
    let pem = root("root").to_pem() + &leaf().to_pem();
    assert_eq!(bundle(&pem).expect_err("a leaf is no anchor"), AnchorError::NotARoot(2));
}

#[test]
fn text_that_is_not_pem_is_refused() {
    assert_eq!(bundle("not a certificate").expect_err("not PEM"), AnchorError::Unreadable(CertificateError::Pem));
}

#[test]
fn a_truncated_certificate_is_refused() {
    let pem = root("root").to_pem();
    let cut = &pem[..pem.len() / 2];
    assert_eq!(bundle(cut).expect_err("truncated"), AnchorError::Unreadable(CertificateError::Pem));
}
