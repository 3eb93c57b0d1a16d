//! Every way in which an mdoc is refused.

use super::*;

const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 16, nodes: 10_000 };

/// The map with another member, or without it.
fn with_member(map: &[u8], name: &str, value: Option<Cbor>) -> Vec<u8> {
    let item = cbor::parse(map, &LIMITS).expect("our own CBOR");
    let members = item.map().expect("a map").iter().filter(|(own, _)| own.text() != Some(name));
    let kept = members.map(|(own, value)| (Cbor::from(own), Cbor::from(value)));
    Cbor::Map(kept.chain(value.map(|value| (name.into(), value))).collect()).to_bytes()
}

/// The one document of the good answer.
fn shown_document() -> Vec<u8> {
    let item = cbor::parse(good(), &LIMITS).expect("our own CBOR");
    item.get("documents").and_then(Item::array).expect("documents")[0].raw().to_vec()
}

/// The good answer with other documents.
fn with_documents(documents: &[Vec<u8>]) -> Vec<u8> {
    let documents = documents.iter().map(|document| Cbor::Encoded(document.clone())).collect();
    with_member(good(), "documents", Some(Cbor::Array(documents)))
}

/// The verdict on a document signed by `issuer`.
fn from(issuer: &Signatory) -> Verdict {
    verdict(&bind(select(&issue(&elements(Level::Light), issuer, [-3, 30]), hotel()), &world().holder))
}

fn in_session(transcript: &SessionTranscript) -> Verdict {
    let expected = MdocExpectation { transcript, ..expectation(hotel()) };
    verdict_with(good(), &expected, &list(Status::Valid, &world().status))
}

#[test]
fn what_is_no_answer_is_refused() {
    assert_refused(&verdict(&[]), Refusal::Malformed);
    assert_refused(&verdict(b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA~"), Refusal::Malformed);
    assert_refused(&verdict(&[good(), &[0]].concat()), Refusal::Malformed);
    assert_refused(&verdict(&[0x81; 4096]), Refusal::Malformed);
    assert_refused(&verdict(&vec![0; 600_000]), Refusal::Malformed);
}

#[test]
fn an_answer_with_an_error_is_refused() {
    assert_refused(&verdict(&with_member(good(), "status", Some(10.into()))), Refusal::Malformed);
}

#[test]
fn no_card_and_two_cards_are_refused() {
    assert_refused(&verdict(&with_documents(&[])), Refusal::WrongCardCount);
    assert_refused(&verdict(&with_documents(&[shown_document(), shown_document()])), Refusal::WrongCardCount);
}

#[test]
fn a_card_without_a_proof_is_refused() {
    let bare = with_member(&shown_document(), "deviceSigned", None);
    assert_refused(&verdict(&with_documents(&[bare])), Refusal::MissingKeyBinding);
}

#[test]
fn another_type_of_document_is_refused() {
    let expected = MdocExpectation { document_type: &MDL, ..expectation(hotel()) };
    let found = verdict_with(good(), &expected, &list(Status::Valid, &world().status));
    assert_refused(&found, Refusal::WrongCardType);
}

#[test]
fn a_type_that_the_issuer_did_not_sign_is_refused() {
    let renamed = with_documents(&[with_member(&shown_document(), "docType", Some(MDL.doc_type.into()))]);
    assert_refused(&verdict(&renamed), Refusal::WrongCardType);
    let expected = MdocExpectation { document_type: &MDL, ..expectation(hotel()) };
    let found = verdict_with(&renamed, &expected, &list(Status::Valid, &world().status));
    assert_refused(&found, Refusal::WrongCardType);
}

#[test]
fn an_element_that_is_not_encoded_as_its_type_demands_is_refused() {
    let copy = resigned("sex", "female".into());
    let wanted = [(PID_NAMESPACE, "sex"), (OWN_NAMESPACE, "assurance_level")];
    let response = bind(copy.select(&wanted).expect("it has them"), &world().holder);
    assert_refused(&verdict(&response), Refusal::Malformed);
}

#[test]
fn a_foreign_authority_is_refused() {
    let foreign = Authority::new("Somebody else").admit(Purpose::DocumentSigner, vec![], Algorithm::Es256);
    assert_refused(&from(&foreign), Refusal::UntrustedIssuer);
}

#[test]
fn a_signer_of_lists_may_not_sign_cards() {
    assert_refused(&from(&world().status), Refusal::UntrustedIssuer);
}

#[test]
fn an_anchor_that_comes_along_is_refused() {
    let issuer = &world().issuer;
    let key = SoftwareKey::from_jwk(&issuer.key.to_private_jwk()).expect("the same key");
    let chain = vec![issuer.chain[0].clone(), world().authority.root.der().to_vec()];
    assert_refused(&from(&Signatory { chain, key }), Refusal::UntrustedIssuer);
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let over = Validity { not_before: NOW.plus_days(-9), not_after: NOW.plus_days(-1) };
    let signer = world().authority.admit_during(Purpose::DocumentSigner, vec![], Algorithm::Es256, over);
    assert_refused(&from(&signer), Refusal::UntrustedIssuer);
}

#[test]
fn another_algorithm_than_es256_is_refused() {
    let signer = world().authority.admit(Purpose::DocumentSigner, vec![], Algorithm::Es384);
    assert_refused(&from(&signer), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("stranger"));
    let stranger = Signatory { chain: world().issuer.chain.clone(), key };
    assert_refused(&from(&stranger), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_changed_element_is_refused() {
    let at = good().windows(6).position(|window| window == b"YAMADA").expect("the name is shown");
    let mut changed = good().to_vec();
    changed[at] = b'T';
    assert_refused(&verdict(&changed), Refusal::InvalidIssuerSignature);
}

#[test]
fn a_card_out_of_its_time_is_refused() {
    let of = |days| {
        let copy = issue(&elements(Level::Light), &world().issuer, days);
        verdict(&bind(select(&copy, hotel()), &world().holder))
    };
    assert_refused(&of([-30, -1]), Refusal::Expired);
    assert_refused(&of([2, 30]), Refusal::NotYetValid);
}

#[test]
fn the_proof_of_another_key_is_refused() {
    let thief = SoftwareKey::generate(&mut SeededEntropy::new("thief"));
    assert_refused(&verdict(&bind(select(&document(Level::Light), hotel()), &thief)), Refusal::InvalidDeviceProof);
}

#[test]
fn a_replay_is_refused() {
    assert_refused(&in_session(&session_of(CLIENT, "another nonce")), Refusal::InvalidDeviceProof);
}

#[test]
fn an_answer_to_somebody_else_is_refused() {
    assert_refused(&in_session(&session_of("x509_hash:somebody", NONCE)), Refusal::InvalidDeviceProof);
}

#[test]
fn an_answer_of_another_flow_is_refused() {
    let other = SessionTranscript::openid4vp_dc_api("https://hotel.example", NONCE, Some(&[7; 32]));
    assert_refused(&in_session(&other), Refusal::InvalidDeviceProof);
}

#[test]
fn what_the_device_had_no_authority_for_is_refused() {
    let shown = select(&document(Level::Light), hotel());
    let own = vec![(OWN_NAMESPACE, vec![("assurance_level", Cbor::from("full"))])];
    let response = Showing::new(shown, own, session()).sign(&world().holder).expect("the key signs");
    assert_refused(&verdict(&response), Refusal::InvalidDeviceProof);
}

#[test]
fn a_card_that_is_no_longer_good_is_refused() {
    for (status, refusal) in [
        (Status::Invalid, Refusal::Revoked),
        (Status::Suspended, Refusal::Suspended),
        (Status::Other(3), Refusal::Suspended),
    ] {
        assert_refused(&verdict_with(good(), &expectation(hotel()), &list(status, &world().status)), refusal);
    }
}

#[test]
fn a_list_of_another_signer_vouches_for_nobody() {
    let found = verdict_with(good(), &expectation(hotel()), &list(Status::Valid, &world().issuer));
    assert_refused(&found, Refusal::StatusUnavailable);
    assert_refused(&verdict_with(good(), &expectation(hotel()), b"\xa0"), Refusal::StatusUnavailable);
}

#[test]
fn a_card_without_a_status_is_refused() {
    let response = bind(select(&without_status(), hotel()), &world().holder);
    assert_refused(&verdict(&response), Refusal::MissingStatus);
}

#[test]
fn a_signer_of_another_country_than_the_document_names_is_refused() {
    let mut elements = elements(Level::Light);
    let country = elements.iter_mut().find(|element| element.name == "issuing_country").expect("a country");
    country.value = "UT".into();
    let shown = |elements: &[IssuedElement], signer: &Signatory| {
        let copy = issue(elements, signer, [-3, 30]);
        let wanted = [(PID_NAMESPACE, "issuing_country"), (OWN_NAMESPACE, "assurance_level")];
        verdict(&bind(copy.select(&wanted).expect("it has them"), &world().holder))
    };
    let signer = signer_of("JP");
    assert_refused(&shown(&elements, &signer), Refusal::UntrustedIssuer);
    // Of its own country it is believed, and misses what the hotel needs.
    assert_refused(&shown(&super::elements(Level::Light), &signer), Refusal::MissingFields);
}

#[test]
fn a_card_without_a_level_is_refused() {
    let shown = document(Level::Light).select(&[(PID_NAMESPACE, "family_name")]).expect("it has it");
    assert_refused(&verdict(&bind(shown, &world().holder)), Refusal::MissingLevel);
}

#[test]
fn a_required_field_that_is_not_shown_is_missed() {
    let shown = document(Level::Light).select(&[(OWN_NAMESPACE, "assurance_level")]).expect("it has it");
    assert_refused(&verdict(&bind(shown, &world().holder)), Refusal::MissingFields);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_presentation_with_any_bit_flipped_is_refused(position: usize, bit in 0_u8..8) {
        let mut bytes = good().to_vec();
        let length = bytes.len();
        bytes[position % length] ^= 1 << bit;
        let verdict = verdict(&bytes);
        prop_assert!(!verdict.is_accepted() && verdict.fields.is_empty());
    }

    #[test]
    fn a_presentation_cut_anywhere_is_refused(position: usize) {
        prop_assert!(!verdict(&good()[..position % good().len()]).is_accepted());
    }

    #[test]
    fn no_bytes_bring_the_judge_down(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!verdict(&bytes).is_accepted());
    }
}
