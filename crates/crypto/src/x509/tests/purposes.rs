use x509_cert::ext::pkix::ExtendedKeyUsage;
use x509_cert::spki::ObjectIdentifier;

use super::super::issue::extension;
use super::*;

/// Purposes for which no standard names a number.
const OPEN: [Purpose; 2] = [Purpose::WalletProvider, Purpose::Registrar];
const ALL: [Purpose; 7] = [
    Purpose::DocumentSigner,
    Purpose::StatusSigner,
    Purpose::AccessCertificate,
    Purpose::WalletProvider,
    Purpose::Registrar,
    Purpose::ListSigner,
    Purpose::Tls,
];
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");

/// A chain whose leaf has exactly these usages, or no such extension at all.
fn chain_with(root: &Authority, usages: Option<&[&str]>) -> Vec<Vec<u8>> {
    root.odd_leaf(|content| {
        content.extensions.retain(|existing| existing.extn_id != EXTENDED_KEY_USAGE);
        if let Some(usages) = usages {
            let named = usages.iter().map(|oid| ObjectIdentifier::new(oid).expect("an identifier")).collect();
            content.extensions.push(extension(false, &ExtendedKeyUsage(named)).expect("an extension"));
        }
    })
}

fn accepted(usages: Option<&[&str]>, purpose: Purpose) -> bool {
    let root = Authority::root("Root", None);
    let verdict = chain::verify(&chain_with(&root, usages), std::slice::from_ref(&root.certificate), NOW, purpose);
    assert!(matches!(verdict, Ok(_) | Err(ChainError::WrongPurpose(0))), "{verdict:?}");
    verdict.is_ok()
}

#[test]
fn every_purpose_has_a_number_of_its_own() {
    for (at, purpose) in ALL.into_iter().enumerate() {
        assert!(ALL[..at].iter().all(|earlier| earlier.oid() != purpose.oid()), "{purpose:?}");
    }
}

#[test]
fn a_leaf_made_for_one_purpose_is_accepted_for_no_other() {
    let root = Authority::root("Root", None);
    for purpose in ALL {
        let x5c = root.leaf(purpose);
        for asked in ALL {
            // A TLS certificate of the attester's own authority is all that some attesters have.
            let expected = asked == purpose || purpose == Purpose::Tls && OPEN.contains(&asked);
            let verdict = chain::verify(&x5c, std::slice::from_ref(&root.certificate), NOW, asked);
            assert_eq!(verdict.is_ok(), expected, "{purpose:?} for {asked:?}");
        }
    }
}

#[test]
fn a_leaf_without_usages_will_do_only_where_no_standard_names_one() {
    for purpose in ALL {
        assert_eq!(accepted(None, purpose), OPEN.contains(&purpose), "{purpose:?}");
    }
}

#[test]
fn a_leaf_with_usages_of_tls_attests_as_well() {
    let tls = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
    assert!(accepted(Some(&tls), Purpose::WalletProvider));
    assert!(!accepted(Some(&tls), Purpose::DocumentSigner));
    assert!(!accepted(Some(&tls), Purpose::ListSigner));
}

#[test]
fn a_leaf_that_names_another_purpose_beside_tls_does_not_attest() {
    for other in ALL.into_iter().filter(|purpose| ![Purpose::WalletProvider, Purpose::Tls].contains(purpose)) {
        assert!(!accepted(Some(&["1.3.6.1.5.5.7.3.1", other.oid()]), Purpose::WalletProvider), "{other:?}");
    }
}
