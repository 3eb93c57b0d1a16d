use der::asn1::OctetString;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages};
use x509_cert::spki::ObjectIdentifier;

use super::super::issue::extension;
use super::*;

fn verify(x5c: &[Vec<u8>], root: &Authority) -> Result<Certificate, ChainError> {
    chain::verify(x5c, std::slice::from_ref(&root.certificate), NOW, Purpose::DocumentSigner)
}

fn replace(content: &mut Content, extension: Extension) {
    content.extensions.retain(|existing| existing.extn_id != extension.extn_id);
    content.extensions.push(extension);
}

#[test]
fn a_leaf_under_the_root_is_accepted_for_its_purpose_alone() {
    let root = Authority::root("Root", Some(0));
    let purposes = [Purpose::DocumentSigner, Purpose::StatusSigner, Purpose::AccessCertificate, Purpose::Tls];
    for purpose in purposes {
        let x5c = root.leaf(purpose);
        for asked in purposes {
            let verdict = chain::verify(&x5c, std::slice::from_ref(&root.certificate), NOW, asked);
            let expected = if asked == purpose { None } else { Some(ChainError::WrongPurpose(0)) };
            assert_eq!(verdict.err(), expected, "{purpose:?} for {asked:?}");
        }
    }
}

#[test]
fn authorities_in_between_are_followed() {
    let root = Authority::root("Root", Some(2));
    let upper = root.below("Upper", Some(1));
    let lower = upper.below("Lower", Some(0));
    let x5c = lower.leaf(Purpose::DocumentSigner);
    assert_eq!(x5c.len(), 3);
    assert_eq!(verify(&x5c, &root).expect("a good chain").subject_cn(), Some("Leaf"));
}

#[test]
fn the_length_of_the_chain_is_limited() {
    let root = Authority::root("Root", None);
    let (one, two) = (root.below("One", None), root.below("One", None).below("Two", None));
    let three = two.below("Three", None);
    let four = three.below("Four", None);
    assert!(verify(&three.leaf(Purpose::DocumentSigner), &root).is_ok());
    assert_eq!(verify(&four.leaf(Purpose::DocumentSigner), &root), Err(ChainError::TooLong));
    assert_eq!(verify(&[], &root), Err(ChainError::Empty));
    assert!(verify(&one.leaf(Purpose::DocumentSigner), &root).is_ok());
}

#[test]
fn an_authority_may_limit_those_below() {
    let root = Authority::root("Root", Some(0));
    let x5c = root.below("Below", None).leaf(Purpose::DocumentSigner);
    assert_eq!(verify(&x5c, &root), Err(ChainError::PathLength(2)));
    let root = Authority::root("Root", None);
    let x5c = root.below("Upper", Some(0)).below("Lower", None).leaf(Purpose::DocumentSigner);
    assert_eq!(verify(&x5c, &root), Err(ChainError::PathLength(2)));
}

#[test]
fn the_sender_does_not_bring_the_anchor() {
    let root = Authority::root("Root", None);
    let mut x5c = root.leaf(Purpose::DocumentSigner);
    x5c.push(root.certificate.der().to_vec());
    assert_eq!(verify(&x5c, &root), Err(ChainError::AnchorIncluded));
    // Nor any other root.
    let other = Authority::root("Other", None);
    x5c[1] = other.certificate.der().to_vec();
    assert_eq!(verify(&x5c, &root), Err(ChainError::AnchorIncluded));
}

#[test]
fn an_anchor_certified_by_somebody_else_is_still_an_anchor() {
    let (root, other) = (Authority::root("Root", None), Authority::root("Other", None));
    let cross = issue_intermediate(
        &authority("Root", None),
        root.key.public_key(),
        &other.certificate,
        &other.key,
        &mut SeededEntropy::new("cross"),
    );
    let mut x5c = root.leaf(Purpose::DocumentSigner);
    x5c.push(cross.expect("a cross certificate").der().to_vec());
    assert_eq!(verify(&x5c, &root), Err(ChainError::AnchorIncluded));
}

#[test]
fn a_leaf_that_vouches_for_itself_is_refused() {
    let root = Authority::root("Root", None);
    let x5c = [root.certificate.der().to_vec()];
    assert_eq!(verify(&x5c, &root), Err(ChainError::SelfSignedLeaf));
}

#[test]
fn somebody_elses_authority_is_refused() {
    let (root, other) = (Authority::root("Root", None), Authority::root("Other", None));
    assert_eq!(verify(&other.leaf(Purpose::DocumentSigner), &root), Err(ChainError::UnknownAuthority));
    assert_eq!(chain::verify(&root.leaf(Purpose::Tls), &[], NOW, Purpose::Tls), Err(ChainError::UnknownAuthority));
}

#[test]
fn the_name_of_an_authority_is_not_enough() {
    let root = Authority::root("Root", None);
    let impostor_key = key("impostor");
    let certificate = issue_root(&authority("Root", None), &impostor_key, &mut SeededEntropy::new("impostor"));
    let impostor = Authority { key: impostor_key, certificate: certificate.expect("a root"), above: Vec::new() };
    // The key identifier already tells the two apart.
    assert_eq!(verify(&impostor.leaf(Purpose::DocumentSigner), &root), Err(ChainError::UnknownAuthority));
    // Without it, the signature does.
    let x5c = impostor.odd_leaf(|content| content.extensions.truncate(2));
    assert_eq!(verify(&x5c, &root), Err(ChainError::Signature(0)));
}

#[test]
fn a_renewed_anchor_of_the_same_name_is_found() {
    let root = Authority::root("Root", None);
    let older = issue_root(&authority("Root", None), &key("older"), &mut SeededEntropy::new("older")).expect("a root");
    let anchors = [older, root.certificate.clone()];
    let x5c = root.leaf(Purpose::DocumentSigner);
    assert!(chain::verify(&x5c, &anchors, NOW, Purpose::DocumentSigner).is_ok());
}

#[test]
fn every_certificate_of_the_chain_has_its_time() {
    let root = Authority::root("Root", None);
    let x5c = root.below("Below", None).leaf(Purpose::DocumentSigner);
    let at = |now| chain::verify(&x5c, std::slice::from_ref(&root.certificate), now, Purpose::DocumentSigner).err();
    let leaf = years(0, 1);
    assert_eq!(at(leaf.not_before), None);
    assert_eq!(at(leaf.not_before.plus_seconds(-1)), Some(ChainError::NotYetValid(0)));
    assert_eq!(at(leaf.not_after), None);
    assert_eq!(at(leaf.not_after.plus_seconds(1)), Some(ChainError::Expired(0)));
    let long = root.odd_leaf(|content| content.validity = years(5, 50));
    let at = |now| chain::verify(&long, std::slice::from_ref(&root.certificate), now, Purpose::DocumentSigner).err();
    assert_eq!(at(NOW), None);
    assert_eq!(at(NOW.plus_seconds(20 * YEAR)), Some(ChainError::Expired(1)), "the anchor's own time counts");
    assert_eq!(at(NOW.plus_seconds(-2 * YEAR)), Some(ChainError::NotYetValid(1)));
}

#[test]
fn a_leaf_does_not_issue() {
    let root = Authority::root("Root", None);
    let x5c = root.odd_leaf(|content| {
        let constraints = BasicConstraints { ca: true, path_len_constraint: None };
        replace(content, extension(true, &constraints).expect("an extension"));
    });
    assert_eq!(verify(&x5c, &root), Err(ChainError::LeafIsAuthority));
    // And what a leaf has issued all the same leads nowhere.
    let middle = key("leaf");
    let leaf_certificate = Certificate::from_der(&root.leaf(Purpose::DocumentSigner)[0]).expect("a leaf");
    let false_authority = Authority { key: middle, certificate: leaf_certificate, above: Vec::new() };
    let below = false_authority.odd_leaf(|content| content.subject = subject("Below").to_name(None).expect("a name"));
    let x5c = [below[0].clone(), false_authority.certificate.der().to_vec()];
    assert_eq!(verify(&x5c, &root), Err(ChainError::NotAnAuthority(1)));
}

#[test]
fn key_usage_is_needed_and_counts() {
    let root = Authority::root("Root", None);
    let other_use = root.odd_leaf(|content| {
        replace(content, extension(true, &KeyUsage(KeyUsages::KeyAgreement.into())).expect("an extension"));
    });
    assert_eq!(verify(&other_use, &root), Err(ChainError::KeyUsage));
    let no_use = root.odd_leaf(|content| drop(content.extensions.remove(0)));
    assert_eq!(verify(&no_use, &root), Err(ChainError::KeyUsage));
    let no_purpose = root.odd_leaf(|content| drop(content.extensions.remove(1)));
    assert_eq!(verify(&no_purpose, &root), Err(ChainError::WrongPurpose(0)));
}

#[test]
fn an_authority_that_may_not_sign_certificates_is_none() {
    let root = Authority::root("Root", None);
    let mut below = root.below("Below", None);
    let content = Content {
        issuer: subject("Root").to_name(None).expect("a name"),
        subject: subject("Below").to_name(None).expect("a name"),
        validity: years(1, 5),
        extensions: {
            let mut list = authority_extensions(None, below.key.public_key(), root.key.public_key()).expect("a list");
            list[1] = extension(true, &KeyUsage(KeyUsages::DigitalSignature.into())).expect("an extension");
            list
        },
    };
    let certificate = content.sign(below.key.public_key(), &root.key, &mut SeededEntropy::new("below"));
    below.above = vec![certificate.expect("a certificate").der().to_vec()];
    assert_eq!(verify(&below.leaf(Purpose::DocumentSigner), &root), Err(ChainError::NotAnAuthority(1)));
}

#[test]
fn critical_extensions_must_be_understood() {
    let root = Authority::root("Root", None);
    let with = |critical| {
        root.odd_leaf(|content| {
            content.extensions.push(Extension {
                // Name constraints, which are not processed here.
                extn_id: ObjectIdentifier::new_unwrap("2.5.29.30"),
                critical,
                extn_value: OctetString::new([0x30, 0x00]).expect("bytes"),
            });
        })
    };
    assert_eq!(verify(&with(true), &root), Err(ChainError::CriticalExtension(0)));
    assert!(verify(&with(false), &root).is_ok());
}

#[test]
fn an_extension_given_twice_is_refused() {
    let root = Authority::root("Root", None);
    let key = key("leaf");
    let spec = leaf(key.public_key(), Purpose::DocumentSigner);
    let mut extensions = leaf_extensions(&spec, root.key.public_key()).expect("extensions");
    extensions.push(extensions[1].clone());
    let name = || subject("Root").to_name(None).expect("a name");
    let content = Content { issuer: name(), subject: name(), validity: spec.validity, extensions };
    let result = content.sign(key.public_key(), &root.key, &mut SeededEntropy::new("twice"));
    assert_eq!(result.err(), Some(IssueError::Encoding), "our own reader refuses it");
}

#[test]
fn any_changed_byte_of_the_leaf_is_refused() {
    let root = Authority::root("Root", None);
    let good = root.leaf(Purpose::DocumentSigner);
    for at in 0..good[0].len() {
        let mut x5c = good.clone();
        x5c[0][at] ^= 0x01;
        assert!(verify(&x5c, &root).is_err(), "byte {at}");
    }
}

#[test]
fn an_anchor_remembers_what_it_signed_and_nothing_else() {
    let root = Authority::root("Root", None);
    let good = root.leaf(Purpose::DocumentSigner);
    for _ in 0..2 {
        assert!(verify(&good, &root).is_ok());
        assert_eq!(root.certificate.seen().len(), 1);
    }
    for at in 0..good[0].len() {
        let mut x5c = good.clone();
        x5c[0][at] ^= 0x01;
        assert!(verify(&x5c, &root).is_err(), "byte {at}");
    }
    assert_eq!(root.certificate.seen().len(), 1, "what was refused is not remembered");
    // All else is looked at anew.
    let anchors = std::slice::from_ref(&root.certificate);
    assert_eq!(chain::verify(&good, anchors, NOW, Purpose::Tls), Err(ChainError::WrongPurpose(0)));
    let late = NOW.plus_days(36_500);
    assert_eq!(chain::verify(&good, anchors, late, Purpose::DocumentSigner), Err(ChainError::Expired(0)));
    assert_eq!(root.certificate.clone().seen().len(), 0, "a clone begins anew");
}

#[test]
fn certificates_out_of_order_are_refused() {
    let root = Authority::root("Root", None);
    let lower = root.below("Upper", None).below("Lower", None);
    let mut x5c = lower.leaf(Purpose::DocumentSigner);
    x5c.swap(1, 2);
    assert_eq!(verify(&x5c, &root), Err(ChainError::WrongIssuer(0)));
    x5c.remove(2);
    assert_eq!(verify(&x5c, &root), Err(ChainError::WrongIssuer(0)));
    let unreadable = [b"no certificate".to_vec()];
    assert_eq!(verify(&unreadable, &root), Err(ChainError::Unreadable(0, CertificateError::Form)));
}

#[test]
fn a_chain_may_change_curves() {
    let key = SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("P-384"));
    let certificate = issue_root(&authority("Root", None), &key, &mut SeededEntropy::new("root")).expect("a root");
    let root = Authority { key, certificate, above: Vec::new() };
    assert!(verify(&root.leaf(Purpose::DocumentSigner), &root).is_ok());
}
