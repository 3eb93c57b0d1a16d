//! The issuer's side of the verification.

use mibun_crypto::cbor::{self, Value};
use mibun_crypto::cose::{self, CoseError, Payload, X5CHAIN};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::{AuthoritySpec, Certificate, ChainError, Purpose, issue_root};

use super::super::elements::PID;
use super::fixture::*;
use super::*;

#[track_caller]
fn refused(copy: &[u8], expected: VerifyError) {
    assert_eq!(issuer_verdict(copy), Err(expected));
}

/// The good document signed by `key` under these certificates.
fn signed_under(x5chain: &[Vec<u8>], key: &SoftwareKey) -> Vec<u8> {
    resigned(<[u8]>::to_vec, x5chain, key)
}

fn root_named(name: &str, key: &SoftwareKey) -> Certificate {
    let spec = AuthoritySpec { subject: subject(name), validity: validity(-9, 9), path_length: None };
    issue_root(&spec, key, &mut SeededEntropy::new(name)).expect("a root")
}

/// The good document by a signer with a key of this algorithm, and the signer's certificate.
fn signed_with(algorithm: Algorithm) -> (IssuerSigned, Certificate) {
    let key = SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new("other algorithm"));
    let world = world();
    let leaf = certify(&world.root, &world.root_key, &key, Purpose::DocumentSigner, validity(-9, 9));
    let copy = signed_under(&[leaf.der().to_vec()], &key);
    (read_copy(&copy), leaf)
}

#[test]
fn an_issuer_s_algorithm_is_accepted_only_where_it_is_named() {
    let anchors = [world().root.clone()];
    for algorithm in [Algorithm::Es384, Algorithm::EdDsa] {
        let (document, leaf) = signed_with(algorithm);
        assert_eq!(document.verify(&anchors, NOW), Err(VerifyError::Algorithm), "{algorithm}");
        let named = Accepted::HAIP.and(algorithm);
        assert_eq!(document.signer(&anchors, NOW, named).as_ref(), Ok(&leaf), "{algorithm}");
        assert_eq!(document.verify_signature(&leaf, named), Ok(()), "{algorithm}");
    }
}

#[test]
fn a_document_signed_with_ml_dsa_is_accepted_only_where_it_is_named() {
    let anchors = [world().root.clone()];
    let (document, leaf) = signed_with(Algorithm::MlDsa65);
    assert_eq!(document.verify(&anchors, NOW), Err(VerifyError::Chain(ChainError::Algorithm(0))));
    assert_eq!(document.verify_signature(&leaf, Accepted::CLASSICAL), Err(VerifyError::Algorithm));
    let named = Accepted::HAIP.and(Algorithm::MlDsa65);
    assert_eq!(document.signer(&anchors, NOW, named).as_ref(), Ok(&leaf));
    assert_eq!(document.verify_signature(&leaf, named), Ok(()));
}

#[test]
fn a_good_document_is_believed() {
    assert_eq!(issuer_verdict(&world().copy), Ok(()));
    assert_eq!(issuer_verdict(&reissued(|_| {})), Ok(()));
}

#[test]
fn a_document_under_an_authority_below_the_root_is_believed() {
    let (key, world) = (other_key("below"), world());
    let below = intermediate(&key);
    let leaf = certify(&below, &key, &world.issuer, Purpose::DocumentSigner, validity(-9, 9));
    let chain = [leaf.der().to_vec(), below.der().to_vec()];
    assert_eq!(issuer_verdict(&signed_under(&chain, &world.issuer)), Ok(()));
}

#[test]
fn a_changed_value_is_refused() {
    let path = ["nameSpaces", PID_NAMESPACE, "0", "#"];
    refused(&edit(&world().copy, &path, |item| set(item, "elementValue", "SUZUKI".into())), VerifyError::Digest);
}

#[test]
fn a_changed_random_part_is_refused() {
    let path = ["nameSpaces", PID_NAMESPACE, "0", "#"];
    refused(&edit(&world().copy, &path, |item| set(item, "random", vec![1; 32].into())), VerifyError::Digest);
}

#[test]
fn a_renamed_element_is_refused() {
    let path = ["nameSpaces", PID_NAMESPACE, "0", "#"];
    let renamed = edit(&world().copy, &path, |item| set(item, "elementIdentifier", "given_name_birth".into()));
    refused(&renamed, VerifyError::Digest);
}

#[test]
fn an_element_under_the_number_of_another_is_refused() {
    let path = ["nameSpaces", PID_NAMESPACE, "0", "#"];
    let document = read_copy(&world().copy).select(&[(PID_NAMESPACE, "family_name")]).expect("it has it");
    refused(&edit(&document.to_bytes(), &path, |item| set(item, "digestID", 1.into())), VerifyError::Digest);
}

#[test]
fn an_element_under_an_unknown_number_is_refused() {
    let path = ["nameSpaces", PID_NAMESPACE, "0", "#"];
    refused(&edit(&world().copy, &path, |item| set(item, "digestID", 999.into())), VerifyError::UnknownDigest);
}

#[test]
fn an_element_in_another_namespace_is_refused() {
    let moved = edit(&world().copy, &["nameSpaces"], |spaces| rename(spaces, PID_NAMESPACE, "org.iso.18013.5.1"));
    refused(&moved, VerifyError::UnknownDigest);
}

#[test]
fn namespaces_that_change_places_are_refused() {
    let swapped = edit(&world().copy, &["nameSpaces"], |spaces| {
        rename(spaces, PID_NAMESPACE, "x");
        rename(spaces, OWN_NAMESPACE, PID_NAMESPACE);
        rename(spaces, "x", OWN_NAMESPACE);
    });
    assert!(matches!(issuer_verdict(&swapped), Err(VerifyError::Digest | VerifyError::UnknownDigest)));
}

#[test]
fn an_element_of_another_copy_is_refused() {
    let world = world();
    let other = Edition::new(
        &EditionSpec {
            document_type: &PID,
            elements: &elements(),
            authorizations: &authorizations(),
            issued_at: NOW.plus_days(-3),
            expires_at: NOW.plus_days(30),
            x5chain: &[world.leaf.der().to_vec()],
        },
        &world.issuer,
    )
    .expect("a document")
    .copy(world.device.public_key(), &status(), &mut SeededEntropy::new("another"))
    .expect("a copy");
    let item = cbor::parse(&other, &LIMITS).expect("our own CBOR");
    let foreign = Value::from(item.get("nameSpaces").expect("elements"));
    refused(&edit(&world.copy, &[], |copy| set(copy, "nameSpaces", foreign)), VerifyError::Digest);
}

#[test]
fn a_changed_object_is_refused() {
    let world = world();
    let item = cbor::parse(&world.copy, &LIMITS).expect("our own CBOR");
    let parts = item.get("issuerAuth").and_then(|auth| auth.array()).expect("four parts");
    let object = parts[2].bytes().expect("a payload");
    let changed = edit(object, &["#"], |mso| set(mso, "later", 1.into()));
    let mut auth: Vec<Value> = parts.iter().map(Value::from).collect();
    auth[2] = changed.into();
    let copy = edit(&world.copy, &[], |copy| set(copy, "issuerAuth", Value::Array(auth)));
    refused(&copy, VerifyError::IssuerSignature(CoseError::Signature));
}

#[test]
fn another_signers_key_is_refused() {
    let copy = signed_under(&[world().leaf.der().to_vec()], &other_key("stranger"));
    refused(&copy, VerifyError::IssuerSignature(CoseError::Signature));
}

#[test]
fn a_document_without_certificate_is_refused() {
    let world = world();
    let item = cbor::parse(&world.copy, &LIMITS).expect("our own CBOR");
    let auth = cose::Sign1::read(item.get("issuerAuth").expect("a signature")).expect("a signature");
    let payload = auth.payload().expect("a payload");
    let auth = cose::sign1(vec![], Payload::Attached(payload), &world.issuer).expect("the key signs");
    let copy = edit(&world.copy, &[], |copy| set(copy, "issuerAuth", auth));
    refused(&copy, VerifyError::Chain(ChainError::Empty));
}

#[test]
fn a_certificate_that_cannot_be_read_is_refused() {
    let copy = signed_under(&[vec![0x30, 0]], &world().issuer);
    assert!(matches!(issuer_verdict(&copy), Err(VerifyError::Chain(ChainError::Unreadable(0, _)))));
}

#[test]
fn an_anchor_that_comes_along_is_refused() {
    let world = world();
    let chain = [world.leaf.der().to_vec(), world.root.der().to_vec()];
    refused(&signed_under(&chain, &world.issuer), VerifyError::Chain(ChainError::AnchorIncluded));
}

#[test]
fn a_leaf_that_vouches_for_itself_is_refused() {
    let (world, key) = (world(), other_key("self"));
    let own = root_named("self", &key);
    refused(&signed_under(&[own.der().to_vec()], &key), VerifyError::Chain(ChainError::SelfSignedLeaf));
    refused(
        &signed_under(&[world.root.der().to_vec()], &world.root_key),
        VerifyError::Chain(ChainError::SelfSignedLeaf),
    );
}

#[test]
fn a_leaf_of_another_authority_is_refused() {
    let (key, world) = (other_key("foreign"), world());
    let root = root_named("foreign", &key);
    let leaf = certify(&root, &key, &world.issuer, Purpose::DocumentSigner, validity(-9, 9));
    let copy = signed_under(&[leaf.der().to_vec()], &world.issuer);
    refused(&copy, VerifyError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn a_leaf_of_the_same_name_and_another_key_is_refused() {
    let (key, world) = (other_key("impostor"), world());
    let root = root_named("root", &key);
    let leaf = certify(&root, &key, &world.issuer, Purpose::DocumentSigner, validity(-9, 9));
    let copy = signed_under(&[leaf.der().to_vec()], &world.issuer);
    refused(&copy, VerifyError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn a_leaf_for_another_purpose_is_refused() {
    let world = world();
    for purpose in [Purpose::StatusSigner, Purpose::AccessCertificate, Purpose::Tls] {
        let leaf = certify(&world.root, &world.root_key, &world.issuer, purpose, validity(-9, 9));
        let copy = signed_under(&[leaf.der().to_vec()], &world.issuer);
        refused(&copy, VerifyError::Chain(ChainError::WrongPurpose(0)));
    }
}

#[test]
fn an_authority_that_signs_documents_itself_is_refused() {
    let key = other_key("below");
    let copy = signed_under(&[intermediate(&key).der().to_vec()], &key);
    refused(&copy, VerifyError::Chain(ChainError::LeafIsAuthority));
}

#[test]
fn a_leaf_out_of_its_time_is_refused() {
    let world = world();
    let with = |from, to| {
        let leaf = certify(&world.root, &world.root_key, &world.issuer, Purpose::DocumentSigner, validity(from, to));
        signed_under(&[leaf.der().to_vec()], &world.issuer)
    };
    refused(&with(-9, -1), VerifyError::Chain(ChainError::Expired(0)));
    refused(&with(1, 9), VerifyError::Chain(ChainError::NotYetValid(0)));
}

#[test]
fn a_document_that_was_signed_outside_of_the_certificates_time_is_refused() {
    let world = world();
    // The document was signed three days ago.
    let leaf = certify(&world.root, &world.root_key, &world.issuer, Purpose::DocumentSigner, validity(-1, 9));
    refused(&signed_under(&[leaf.der().to_vec()], &world.issuer), VerifyError::SignedOutOfTime);
    let over = certify(&world.root, &world.root_key, &world.issuer, Purpose::DocumentSigner, validity(-9, -5));
    assert_eq!(read_copy(&world.copy).verify_signature(&over, Accepted::HAIP), Err(VerifyError::SignedOutOfTime));
}

#[test]
fn too_many_certificates_are_refused() {
    let world = world();
    let chain = vec![world.leaf.der().to_vec(); 5];
    refused(&signed_under(&chain, &world.issuer), VerifyError::Chain(ChainError::TooLong));
}

#[test]
fn a_signer_of_another_algorithm_is_refused() {
    let (world, key) = (world(), es384());
    let leaf = certify(&world.root, &world.root_key, &key, Purpose::DocumentSigner, validity(-9, 9));
    refused(&signed_under(&[leaf.der().to_vec()], &key), VerifyError::Algorithm);
}

#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    let world = world();
    // The header says ES384, the certificate has a key on P-256.
    let copy = signed_under(&[world.leaf.der().to_vec()], &es384());
    refused(&copy, VerifyError::IssuerSignature(CoseError::KeyMismatch));
}

#[test]
fn a_document_out_of_its_time_is_refused() {
    let document = read_copy(&world().copy);
    let validity = document.mso().validity;
    let at = |time| document.verify_time(time, 60);
    assert_eq!(at(validity.valid_from.plus_seconds(-61)), Err(VerifyError::NotYetValid));
    assert_eq!(at(validity.valid_from.plus_seconds(-60)), Ok(()));
    assert_eq!(at(validity.valid_until.plus_seconds(59)), Ok(()));
    assert_eq!(at(validity.valid_until.plus_seconds(60)), Err(VerifyError::Expired));
    let anchors = [world().root.clone()];
    assert_eq!(document.verify(&anchors, NOW.plus_days(31)).err(), Some(VerifyError::Expired));
    assert_eq!(document.verify(&anchors, NOW.plus_days(-4)).err(), Some(VerifyError::NotYetValid));
}

#[test]
fn certificates_are_taken_from_the_unprotected_header() {
    let auth = cbor::parse(&world().copy, &LIMITS).expect("our own CBOR");
    let parts = auth.get("issuerAuth").and_then(|auth| auth.array()).expect("four parts");
    assert_eq!(parts[1].at(X5CHAIN).and_then(|chain| chain.bytes()), Some(world().leaf.der()));
    assert_eq!(parts[0].bytes(), Some(&b"\xa1\x01\x26"[..]));
}
