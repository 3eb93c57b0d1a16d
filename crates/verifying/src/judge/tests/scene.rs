//! Is the card enough for the scene?

use mibun_card::assurance::{Assurance, Evidence as Proofing, Level, Method};
use mibun_card::path::ClaimPath;
use mibun_crypto::time::Timestamp;
use mibun_trust::Scene;
use serde_json::{Map, Value, json};

use super::fixture::*;
use super::*;

/// The verdict on a card with these claims in `scene`, everything asked for shown.
fn verdict_in(scene: &Scene, claims: &Map<String, Value>) -> Verdict {
    let card = issue(claims, &world().issuer, &world().holder);
    verdict_with(&present(&card, scene, &world().holder), &expectation(scene), &world().list)
}

/// The verdict on the light card at the hotel when only these claims are shown.
fn showing(paths: &[&[&str]]) -> Verdict {
    let paths: Vec<_> = paths.iter().map(|names| ClaimPath::of_names(names)).collect();
    let shown = parse(&world().card).select(&paths).expect("the card selects");
    verdict(&bind(&shown, &world().holder))
}

fn bank_with_evidence(proofed_at: Timestamp) -> Verdict {
    verdict_in(&scene("bank-account"), &claims(Level::Full, proofed_at))
}

fn hotel_with(change: &str, replacement: &str) -> Scene {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes/hotel-checkin-jp.toml");
    let toml = std::fs::read_to_string(path).expect("a shipped scene");
    assert!(toml.contains(change));
    mibun_trust::scene::load(&toml.replacen(change, replacement, 1)).expect("still a valid scene")
}

#[test]
fn a_light_card_opens_no_bank_account_and_is_told_why() {
    let verdict = verdict_in(&scene("bank-account"), &claims(Level::Light, NOW));
    assert_refused(&verdict, Refusal::LevelTooLow);
    assert_eq!(verdict.level, Some(Level::Light), "the card is good, only not enough");
    let message = Refusal::LevelTooLow.message();
    assert!(message.en.starts_with("This needs a full card"));
}

#[test]
fn a_card_that_hides_its_level_is_refused() {
    let verdict = showing(&[&["family_name"], &["given_name"], &["address", "formatted"]]);
    assert_refused(&verdict, Refusal::MissingLevel);
}

#[test]
fn an_unknown_level_is_refused() {
    let mut claims = claims(Level::Light, NOW);
    claims.insert("assurance_level".into(), "platinum".into());
    assert_refused(&verdict_in(hotel(), &claims), Refusal::MissingLevel);
}

#[test]
fn a_level_that_is_no_text_is_refused() {
    let mut claims = claims(Level::Light, NOW);
    claims.insert("assurance_level".into(), json!(2));
    assert_refused(&verdict_in(hotel(), &claims), Refusal::MissingLevel);
}

#[test]
fn a_card_without_a_required_field_is_refused() {
    let verdict = showing(&[&["assurance_level"], &["family_name"], &["given_name"]]);
    assert_refused(&verdict, Refusal::MissingFields);
}

#[test]
fn a_required_field_of_which_only_the_shell_is_shown_is_refused() {
    let mut claims = claims(Level::Light, NOW);
    claims.insert("address".into(), json!({ "formatted": "" }));
    assert_refused(&verdict_in(hotel(), &claims), Refusal::MissingFields);
}

#[test]
fn evidence_a_year_old_is_recent_enough() {
    // Evidence is written down to the day, so the day itself still counts.
    assert_eq!(bank_with_evidence(NOW.plus_days(-365)).refusal, None);
}

#[test]
fn evidence_older_than_a_year_is_refused() {
    assert_refused(&bank_with_evidence(NOW.plus_days(-366)), Refusal::EvidenceTooOld);
}

#[test]
fn evidence_of_the_future_is_refused() {
    let mut claims = claims(Level::Full, NOW);
    claims.insert("evidence".into(), json!([{ "time": NOW.plus_days(2).to_rfc3339() }]));
    assert_refused(&verdict_in(&scene("bank-account"), &claims), Refusal::EvidenceTooOld);
}

#[test]
fn evidence_without_time_is_refused() {
    let mut claims = claims(Level::Full, NOW);
    claims.insert("evidence".into(), json!([{ "type": "electronic_record" }]));
    assert_refused(&verdict_in(&scene("bank-account"), &claims), Refusal::EvidenceTooOld);
}

/// What the bank says to a full card with this evidence.
fn bank_with(evidence: &[(Method, i64)]) -> Verdict {
    let mut claims = claims(Level::Full, NOW);
    let evidence = evidence.iter().map(|(method, days)| Proofing { method: *method, at: NOW.plus_days(*days) });
    Assurance { level: Level::Full, evidence: evidence.collect() }.add_to(&mut claims, "Register");
    verdict_in(&scene("bank-account"), &claims)
}

#[test]
fn a_chip_read_within_the_year_is_recent_enough_and_the_newest_counts() {
    assert_eq!(bank_with(&[(Method::DocumentChip(chip()), -365)]).refusal, None);
    let renewed = [(Method::DocumentChip(chip()), -900), (Method::DocumentChip(chip()), -1)];
    assert_eq!(bank_with(&renewed).refusal, None);
}

#[test]
fn a_chip_read_more_than_a_year_ago_is_refused_however_new_the_face() {
    let old = [(Method::DocumentChip(chip()), -366), (Method::OfficerFace, -1), (Method::IdPassword, -1)];
    assert_refused(&bank_with(&old), Refusal::ChipTooOld);
}

#[test]
fn a_chip_of_the_future_or_none_is_refused() {
    for chips in [&[(Method::DocumentChip(chip()), 2)][..], &[]] {
        let evidence = [chips, &[(Method::RegisterMatch, -1)]].concat();
        assert_refused(&bank_with(&evidence), Refusal::ChipTooOld);
    }
}

#[test]
fn a_malformed_chip_is_refused() {
    let mut claims = claims(Level::Full, NOW);
    claims["evidence"][2]["document_details"]["issuer"] = json!({});
    assert_refused(&verdict_in(&scene("bank-account"), &claims), Refusal::ChipTooOld);
}

#[test]
fn a_scene_may_limit_the_age_of_the_face() {
    let scene = hotel_with("version = 1", "version = 1\nmaximum_face_age_days = 30");
    let of = |method, days| {
        let mut claims = claims(Level::Light, NOW);
        let evidence =
            vec![Proofing { method: Method::RegisterMatch, at: NOW }, Proofing { method, at: NOW.plus_days(days) }];
        Assurance { level: Level::Light, evidence }.add_to(&mut claims, "Register");
        verdict_in(&scene, &claims)
    };
    let faces = [Method::OfficerFace, Method::LiveFace { false_match_rate: 1e-5 }, Method::DocumentChip(chip())];
    for face in faces {
        let fresh = of(face, -30);
        assert_eq!(fresh.refusal, None);
        assert!(fresh.over_disclosed.is_empty(), "the evidence was asked for");
        assert_refused(&of(face, -31), Refusal::FaceTooOld);
    }
    assert_refused(&of(Method::IdPassword, 0), Refusal::FaceTooOld);
}

#[test]
fn hidden_evidence_is_refused() {
    let scene = scene("bank-account");
    let card = issue(&claims(Level::Full, NOW), &world().issuer, &world().holder);
    let mut paths = vec![ClaimPath::of_names(&["assurance_level"])];
    paths.extend(
        scene
            .fields
            .iter()
            .map(|field| ClaimPath::of_names(&field.path.iter().map(String::as_str).collect::<Vec<_>>())),
    );
    let shown = parse(&card).select(&paths).expect("the card selects");
    let verdict = verdict_with(&bind(&shown, &world().holder), &expectation(&scene), &world().list);
    assert_refused(&verdict, Refusal::EvidenceTooOld);
}

#[test]
fn a_scene_that_wants_a_fresh_face_is_refused_without_one() {
    let scene = hotel_with(r#"presence = "none""#, r#"presence = "face""#);
    assert_refused(&verdict_in(&scene, &claims(Level::Light, NOW)), Refusal::MissingPresence);
}

#[test]
fn a_scene_that_wants_the_password_is_refused_without_it() {
    let scene = hotel_with(r#"presence = "none""#, r#"presence = "password""#);
    assert_refused(&verdict_by(&scene, Level::Light, &[]), Refusal::MissingPresence);
    assert_refused(&verdict_by(&scene, Level::Full, &[]), Refusal::MissingPresence);
}

/// The verdict on a card of this level whose proof names these methods.
fn verdict_by(scene: &Scene, level: Level, methods: &[&str]) -> Verdict {
    let card = issue(&claims(level, NOW), &world().issuer, &world().holder);
    let bound = present(&card, scene, &world().holder);
    let (shown, _) = bound.rsplit_once('~').expect("a key binding");
    let shown = bind_by(&parse(&format!("{shown}~")), &world().holder, methods);
    verdict_with(&shown, &expectation(scene), &world().list)
}

#[test]
fn the_keeper_of_a_full_cards_key_says_that_the_password_was_given() {
    let scene = hotel_with(r#"presence = "none""#, r#"presence = "password""#);
    let verdict = verdict_by(&scene, Level::Full, &["pwd"]);
    assert!(verdict.is_accepted(), "{:?}", verdict.refusal);
}

#[test]
fn a_passkey_is_not_the_password() {
    let scene = hotel_with(r#"presence = "none""#, r#"presence = "password""#);
    assert_refused(&verdict_by(&scene, Level::Full, &["pop", "user"]), Refusal::MissingPresence);
    assert!(verdict_by(hotel(), Level::Full, &["pop", "user"]).is_accepted(), "where none is demanded, it will do");
}

#[test]
fn what_the_holder_of_a_light_card_says_of_methods_counts_for_nothing() {
    let scene = hotel_with(r#"presence = "none""#, r#"presence = "password""#);
    assert_refused(&verdict_by(&scene, Level::Light, &["pwd"]), Refusal::MissingPresence);
}

#[test]
fn a_field_marked_as_not_kept_says_so() {
    let mut claims = claims(Level::Light, NOW);
    claims.insert("picture".into(), "data:image/jpeg;base64,/9j/".into());
    let verdict = verdict_in(hotel(), &claims);
    let keep: Vec<_> = verdict.fields.iter().map(|field| (field.path[0].as_str(), field.keep)).collect();
    assert!(keep.contains(&("picture", false)) && keep.contains(&("family_name", true)), "{keep:?}");
}

#[test]
fn every_path_a_scene_may_name_is_one_the_card_can_carry() {
    // The list in `trust` and the dataset in `card` do not know each other; this holds them together.
    let mut all = claims(Level::Light, NOW);
    all.insert("picture".into(), "data:,".into());
    let text = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), Value::from("x"))).collect::<Value>();
    all.insert("place_of_birth".into(), text(&["country", "region", "locality"]));
    let address = ["formatted", "country", "region", "locality", "postal_code", "street_address", "house_number"];
    all.insert("address".into(), text(&address));
    let all = Value::Object(all);
    for path in mibun_trust::scene::CARD_PATHS {
        assert!(ClaimPath::of_names(path).resolve(&all).is_ok(), "{path:?}");
    }
}
