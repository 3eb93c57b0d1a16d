//! Good cards.

use mibun_card::assurance::Level;
use mibun_card::path::ClaimPath;
use mibun_status::token;
use serde_json::json;

use super::fixture::*;
use super::*;

#[test]
fn a_good_card_passes_every_check_in_order() {
    let verdict = verdict(&good());
    assert_eq!(verdict.refusal, None);
    assert!(verdict.is_accepted());
    let names: Vec<_> = verdict.checks.iter().map(|check| check.name.as_str()).collect();
    let expected = [
        "format",
        "card_type",
        "issuer_chain",
        "issuer_signature",
        "validity",
        "holder_binding",
        "key_binding_signature",
        "nonce",
        "audience",
        "sd_hash",
        "freshness",
        "status",
        "level",
        "presence",
        "fields",
    ];
    assert_eq!(names, expected);
    assert!(verdict.checks.iter().all(|check| check.passed));
}

#[test]
fn the_fields_are_those_of_the_scene_in_its_order() {
    let verdict = verdict(&good());
    let paths: Vec<_> = verdict.fields.iter().map(|field| field.path.join(".")).collect();
    let expected = [
        "family_name",
        "given_name",
        "family_name_native",
        "given_name_native",
        "address.formatted",
        "nationalities",
        "document_number",
    ];
    assert_eq!(paths, expected, "the card has no portrait, which is optional");
    assert_eq!(verdict.fields[0].value, "YAMADA");
    assert_eq!(verdict.fields[0].label.ja, "姓（ローマ字）");
    assert_eq!(verdict.fields[5].value, json!(["JP"]));
    assert_eq!(verdict.level, Some(Level::Light));
}

#[test]
fn every_scene_for_light_cards_accepts_one() {
    for id in ["hotel-checkin-jp", "hotel-checkin-cn", "rail-ticket", "air-checkin", "parcel-drop-off"] {
        let scene = scene(id);
        let presentation = present(&world().card, &scene, &world().holder);
        let verdict = verdict_with(&presentation, &expectation(&scene), &world().list);
        assert_eq!(verdict.refusal, None, "{id}");
        assert_eq!(verdict.over_disclosed, Vec::<Vec<String>>::new(), "{id}");
    }
}

#[test]
fn dropping_off_a_parcel_gives_a_result_and_no_field() {
    let scene = scene("parcel-drop-off");
    let presentation = present(&world().card, &scene, &world().holder);
    let verdict = verdict_with(&presentation, &expectation(&scene), &world().list);
    assert!(verdict.is_accepted() && verdict.fields.is_empty());
}

#[test]
fn a_full_card_opens_a_bank_account() {
    let scene = scene("bank-account");
    let card = issue(&claims(Level::Full, NOW.plus_days(-10)), &world().issuer, &world().holder);
    let verdict = verdict_with(&present(&card, &scene, &world().holder), &expectation(&scene), &world().list);
    assert_eq!(verdict.refusal, None);
    assert_eq!(verdict.level, Some(Level::Full));
}

#[test]
fn optional_fields_may_be_withheld() {
    let required = [&["assurance_level"][..], &["family_name"], &["given_name"], &["address", "formatted"]];
    let paths: Vec<_> = required.iter().map(|names| ClaimPath::of_names(names)).collect();
    let shown = parse(&world().card).select(&paths).expect("the card selects");
    let verdict = verdict(&bind(&shown, &world().holder));
    assert_eq!(verdict.refusal, None);
    assert_eq!(verdict.fields.len(), 3);
}

#[test]
fn what_nobody_asked_for_is_dropped_and_noted() {
    let verdict = verdict(&bind(&parse(&world().card), &world().holder));
    assert!(verdict.is_accepted());
    let surplus = verdict.over_disclosed.iter().map(|path| path.join(".")).collect::<Vec<_>>();
    assert!(surplus.contains(&"birthdate".to_owned()) && surplus.contains(&"evidence".to_owned()), "{surplus:?}");
    assert!(surplus.contains(&"age_equal_or_over.18".to_owned()), "{surplus:?}");
    assert!(!surplus.contains(&"family_name".to_owned()));
    assert!(verdict.fields.iter().all(|field| hotel().field(&field.path).is_some()));
}

#[test]
fn a_list_verified_before_serves_as_well() {
    let list = token::verify(&world().list, LIST, &world().anchors.status, NOW).expect("a good list");
    let lists = [(LIST.to_owned(), ListEvidence::Verified(&list))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    assert!(judge(&good(), &expectation(hotel()), &evidence).is_accepted());
}

#[test]
fn an_issuer_without_names_in_its_certificate_may_sign() {
    let issuer = world().authority.admit(
        mibun_crypto::x509::Purpose::DocumentSigner,
        vec![],
        mibun_crypto::key::Algorithm::Es256,
    );
    let card = issue(&claims(Level::Light, NOW), &issuer, &world().holder);
    assert_eq!(verdict(&present(&card, hotel(), &world().holder)).refusal, None);
}

#[test]
fn an_issuer_known_by_its_host_may_sign() {
    let names = vec![mibun_crypto::x509::AlternativeName::Dns("id.example".into())];
    let issuer = world().authority.admit(
        mibun_crypto::x509::Purpose::DocumentSigner,
        names,
        mibun_crypto::key::Algorithm::Es256,
    );
    let card = issue(&claims(Level::Light, NOW), &issuer, &world().holder);
    assert_eq!(verdict(&present(&card, hotel(), &world().holder)).refusal, None);
}

#[test]
fn the_status_list_to_fetch_is_the_one_of_the_card() {
    let expectation = expectation(hotel());
    let examined = examine(&good(), &expectation, &world().anchors);
    assert_eq!(examined.needs(), Some(&Reference { idx: INDEX, uri: LIST.into() }));
}

#[test]
fn a_verdict_does_not_print_what_the_card_says() {
    let printed = format!("{:?}", verdict(&good()));
    assert!(!printed.contains("YAMADA") && !printed.contains("Kyoto"), "{printed}");
}

#[test]
fn a_verdict_is_written_for_pages() {
    let json = serde_json::to_value(verdict(&good())).expect("plain data");
    assert_eq!(json["outcome"], "accepted");
    assert_eq!(json["level"], "light");
    assert_eq!(json["checks"][0], json!({ "name": "format", "passed": true }));
    assert_eq!(json["fields"][0]["label"]["zh-Hans"], "姓（拉丁字母）");
}
