//! What is accepted, and what is said of it.

use super::*;
use crate::judge::tests::fixture as other;

#[test]
fn a_light_card_at_the_hotel_is_accepted() {
    let verdict = verdict(good());
    assert_eq!(verdict.refusal, None);
    assert_eq!(verdict.outcome, Outcome::Accepted);
    assert_eq!(verdict.level, Some(Level::Light));
    assert!(verdict.over_disclosed.is_empty());
    let names: Vec<&str> = verdict.checks.iter().map(|check| check.name.as_str()).collect();
    let of_proof = ["holder_binding", "key_binding_signature", "nonce", "audience"];
    let expected = ["format", "card_type", "issuer_chain", "issuer_signature", "validity"].into_iter().chain(of_proof);
    assert_eq!(names, expected.chain(["status", "level", "presence", "fields"]).collect::<Vec<_>>());
    assert!(verdict.checks.iter().all(|check| check.passed));
}

#[test]
fn the_fields_are_those_of_the_other_format() {
    let in_mdoc = verdict(good());
    let in_sd_jwt = other::verdict(&other::good());
    assert!(!in_mdoc.fields.is_empty());
    assert_eq!(in_mdoc.fields, in_sd_jwt.fields);
    assert_eq!(in_mdoc.level, in_sd_jwt.level);
}

#[test]
fn a_list_in_json_vouches_for_an_mdoc_too() {
    let lists = [(LIST.to_owned(), ListEvidence::Token(world().list.as_str()))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    assert!(judge_mdoc(good(), &expectation(hotel()), &evidence).is_accepted());
}

#[test]
fn the_list_that_is_needed_is_named_for_genuine_cards_alone() {
    let expectation = expectation(hotel());
    let examined = examine_mdoc(good(), &expectation, &world().anchors);
    assert_eq!(examined.needs(), Some(&Reference { idx: INDEX, uri: LIST.into() }));
    assert_eq!(examine_mdoc(&[], &expectation, &world().anchors).needs(), None);
}

#[test]
fn a_device_that_proves_itself_by_mac_is_accepted() {
    let reader = EphemeralKey::generate(&mut SeededEntropy::new("reader"));
    let device = EphemeralKey::from_jwk(&world().holder.to_private_jwk()).expect("a key on P-256");
    let key = mac_key(&device, &reader.public_key(), session()).expect("keys on P-256");
    let shown = select(&document(Level::Light), hotel());
    let response = Showing::new(shown, Vec::new(), session()).authenticate(&key);
    let with_key = MdocExpectation { reader_key: Some(&reader), ..expectation(hotel()) };
    assert!(verdict_with(&response, &with_key, &list(Status::Valid, &world().status)).is_accepted());
    assert_refused(&verdict(&response), Refusal::InvalidDeviceProof);
}

#[test]
fn what_was_not_asked_for_is_named_and_dropped() {
    let mut elements = elements(Level::Light);
    elements.push(IssuedElement { namespace: "example.shop".into(), name: "points".into(), value: Cbor::Integer(7) });
    let verdict = verdict(&bind(issue(&elements, &world().issuer, [-3, 30]), &world().holder));
    assert!(verdict.is_accepted());
    assert!(verdict.over_disclosed.contains(&vec!["issuing_authority".to_owned()]));
    assert!(verdict.over_disclosed.contains(&vec!["example.shop".to_owned(), "points".to_owned()]));
    assert!(verdict.fields.iter().all(|field| field.path != ["issuing_authority"]));
}

/// The verdict of the bank, which wants a full card and its ID password, on a card whose keeper signs `methods`.
fn at_the_bank(level: Level, methods: Option<Cbor>) -> Verdict {
    let bank = scene("bank-account");
    let elements = methods.map(|methods| vec![(OWN_NAMESPACE, vec![(AMR, methods)])]).unwrap_or_default();
    let showing = Showing::new(select(&document(level), &bank), elements, session());
    let response = showing.sign(&world().holder).expect("the key signs");
    verdict_with(&response, &expectation(&bank), &list(Status::Valid, &world().status))
}

#[test]
fn a_full_card_whose_keeper_asked_for_the_password_is_accepted_at_the_bank() {
    let verdict = at_the_bank(Level::Full, Some(Cbor::Array(vec!["pwd".into()])));
    assert_eq!(verdict.refusal, None);
    assert_eq!(verdict.level, Some(Level::Full));
}

#[test]
fn a_full_card_without_the_password_is_refused_at_the_bank() {
    assert_refused(&at_the_bank(Level::Full, None), Refusal::MissingPresence);
    assert_refused(&at_the_bank(Level::Full, Some(Cbor::Array(vec!["face".into()]))), Refusal::MissingPresence);
    assert_refused(&at_the_bank(Level::Full, Some(Cbor::Array(Vec::new()))), Refusal::MissingPresence);
}

#[test]
fn methods_that_are_no_list_of_texts_are_no_proof() {
    let password = || Cbor::Text("pwd".to_owned());
    for amr in [password(), Cbor::Array(vec![password(), Cbor::Integer(1)]), Cbor::Null] {
        assert_refused(&at_the_bank(Level::Full, Some(amr)), Refusal::InvalidDeviceProof);
    }
}

#[test]
fn a_light_card_is_refused_at_the_bank_whatever_its_holder_signs() {
    assert_refused(&at_the_bank(Level::Light, Some(Cbor::Array(vec!["pwd".into()]))), Refusal::LevelTooLow);
}
