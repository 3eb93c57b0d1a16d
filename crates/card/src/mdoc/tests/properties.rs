//! What holds for every change and every choice.

use mibun_crypto::entropy::SeededEntropy;
use proptest::prelude::*;

use super::super::elements::PID;
use super::fixture::*;
use super::*;

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[bit / 8] ^= 1 << (bit % 8);
    changed
}

/// Whether an answer passes every check and has the one document that was asked for.
fn is_believed(response: &[u8]) -> bool {
    let Ok(response) = DeviceResponse::parse(response) else { return false };
    let [document] = response.documents.as_slice() else { return false };
    document.verify(&[world().root.clone()], NOW, &session(), None).is_ok()
}

/// Every single bit of an answer: it is signed, or hashed by what is signed, or refused for its form.
#[test]
fn an_answer_with_any_bit_flipped_is_refused() {
    let good = &world().response;
    assert!(is_believed(good));
    for bit in 0..8 * good.len() {
        assert!(!is_believed(&flipped(good, bit)), "bit {bit} of {}", 8 * good.len());
    }
}

proptest! {
    #[test]
    fn a_document_with_any_bit_flipped_is_refused(position: usize, bit in 0_usize..8) {
        let good = &world().copy;
        let document = IssuerSigned::parse(&flipped(good, 8 * (position % good.len()) + bit));
        prop_assert!(!document.is_ok_and(|document| document.verify(&[world().root.clone()], NOW).is_ok()));
    }

    #[test]
    fn whatever_is_chosen_is_shown_and_nothing_else(choice in proptest::collection::vec(any::<bool>(), elements().len())) {
        let whole = read_copy(&world().copy);
        let wanted: Vec<(&str, &str)> = whole
            .items()
            .iter()
            .zip(&choice)
            .filter(|(_, chosen)| **chosen)
            .map(|(item, _)| (item.namespace.as_str(), item.name.as_str()))
            .collect();
        prop_assume!(!wanted.is_empty());
        let showing = Showing::new(whole.select(&wanted).expect("it has them"), Vec::new(), &session());
        let response = showing.sign(&world().device).expect("the key signs");
        prop_assert!(is_believed(&response));
        let document = read_response(&response);
        let shown: Vec<(&str, &str)> =
            document.issuer_signed.items().iter().map(|item| (item.namespace.as_str(), item.name.as_str())).collect();
        prop_assert_eq!(shown, wanted);
    }

    #[test]
    fn noise_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        prop_assert!(DeviceResponse::parse(&bytes).is_err());
        prop_assert!(IssuerSigned::parse(&bytes).is_err());
    }

    #[test]
    fn every_position_survives(idx in any::<u32>()) {
        let world = world();
        let (elements, authorizations) = (elements(), authorizations());
        let spec = EditionSpec {
            document_type: &PID,
            elements: &elements,
            authorizations: &authorizations,
            issued_at: NOW,
            expires_at: NOW.plus_days(9),
            x5chain: &[world.leaf.der().to_vec()],
        };
        let status = serde_json::json!({ "status_list": { "idx": idx, "uri": "https://id.example/1" } });
        let edition = Edition::new(&spec, &world.issuer).expect("a document");
        let key = mibun_crypto::key::Signer::public_key(&world.device);
        let copy = edition.copy(key, &status, &mut SeededEntropy::new("copy")).expect("a copy");
        prop_assert_eq!(read_copy(&copy).mso().status.clone(), Some(status));
    }
}
