use mibun_trust::Scene;

use super::*;

fn scene(toml: &str) -> Scene {
    mibun_trust::scene::load(toml).expect("a shipped scene")
}

fn card_query(toml: &str) -> Value {
    Query::for_scene(&scene(toml), &["urn:eudi:pid:1"]).to_value()["credentials"][0].clone()
}

const PARCEL: &str = include_str!("../../../../../scenes/parcel-drop-off.toml");
const HOTEL: &str = include_str!("../../../../../scenes/hotel-checkin-jp.toml");
const BANK: &str = include_str!("../../../../../scenes/bank-account.toml");

#[test]
fn a_result_only_scene_asks_for_the_level_alone() {
    assert_eq!(card_query(PARCEL)["claims"], json!([{ "id": "assurance_level", "path": ["assurance_level"] }]));
    assert_eq!(card_query(PARCEL)["claim_sets"], Value::Null);
}

#[test]
fn every_query_of_a_scene_is_valid() {
    for toml in [PARCEL, HOTEL, BANK] {
        let query = Query::for_scene(&scene(toml), &["urn:eudi:pid:1"]);
        assert_eq!(Query::from_value(&query.to_value()).as_ref(), Ok(&query));
    }
}

#[test]
fn a_hotel_asks_for_exactly_the_fields_of_its_scene() {
    let asked = card_query(HOTEL)["claims"].as_array().map(Vec::len);
    assert_eq!(asked, Some(scene(HOTEL).fields.len() + 1), "the level and nothing else is added");
}

#[test]
fn the_evidence_is_asked_only_where_its_age_counts() {
    let asks_evidence = |toml: &str| card_query(toml)["claims"].to_string().contains(r#"["evidence"]"#);
    assert!(asks_evidence(BANK));
    assert!(!asks_evidence(HOTEL));
    assert!(asks_evidence(&BANK.replace("maximum_evidence_age_days = 365\n", "")), "the chip's age counts, too");
    assert!(asks_evidence(&HOTEL.replace("version = 1\n", "version = 1\nmaximum_face_age_days = 30\n")));
}

#[test]
fn every_combination_of_optional_fields_is_a_claim_set() {
    let sets = card_query(HOTEL)["claim_sets"].as_array().cloned().expect("optional fields make sets");
    assert_eq!(sets.len(), 1 << 5);
    assert!(sets[0].to_string().contains("picture"), "the fullest comes first");
    let least = json!(["assurance_level", "family_name", "given_name", "address-formatted"]);
    assert_eq!(sets.last(), Some(&least));
}

#[test]
fn a_holder_without_optional_claims_can_still_answer() {
    let claims = json!({
        "assurance_level": "light",
        "family_name": "Yamada",
        "given_name": "Hanako",
        "address": { "formatted": "Kyoto" },
    });
    let query = Query::for_scene(&scene(HOTEL), &["urn:eudi:pid:1"]);
    let card = HeldCard {
        content: Content::SdJwtVc { vct: "urn:eudi:pid:1", claims: &claims },
        bound: true,
        authority_keys: &[],
    };
    let found = query.find(&[card]).expect("the required claims are there");
    assert_eq!(found.wanted[0].candidates[0].reveal.len(), 1);
}

#[test]
fn either_format_is_asked_for_what_it_is_asked_for_alone_and_one_will_do() {
    for toml in [PARCEL, HOTEL, BANK] {
        let (scene, pid) = (scene(toml), mibun_card::mdoc::elements::PID);
        let query = Query::for_scene_in_either(&scene, &["urn:eudi:pid:1"], &pid);
        assert_eq!(Query::from_value(&query.to_value()).as_ref(), Ok(&query));
        let [card, mdoc] = query.credentials.as_slice() else { panic!("two formats") };
        assert_eq!(card.clone(), Query::for_scene(&scene, &["urn:eudi:pid:1"]).credentials[0]);
        let alone = Query::for_scene_in_mdoc(&scene, &pid).credentials[0].clone();
        assert_eq!(*mdoc, CredentialQuery { id: "card_mdoc".to_owned(), ..alone });
        let set = json!([{ "options": [["card"], ["card_mdoc"]] }]);
        assert_eq!(query.to_value()["credential_sets"], set, "one is needed, rather the first");
    }
}
