//! Full cards: chip and ID password on top, and the way back down.

use super::*;

fn chip_with(at: Timestamp, clone_protection: Option<CloneProtection>) -> Evidence {
    Evidence::DocumentChip {
        at,
        document: DocumentType::IdCard,
        country: Country::parse("JPN").expect("letters"),
        clone_protection,
        by: ComparedBy::Engine { false_match_rate: 1e-5 },
        attack_detection: Some(AttackDetection::Passed),
    }
}

fn chip(at: Timestamp) -> Evidence {
    chip_with(at, Some(CloneProtection::ActiveAuthentication))
}

fn password(at: Timestamp) -> Evidence {
    Evidence::IdPassword { at }
}

fn standing(evidence: &[Evidence]) -> Option<Standing> {
    level(evidence, &DecayPolicy::default(), NOW)
}

#[test]
fn chip_and_password_on_top_make_a_full_card() {
    assert_eq!(level_of(&[register(NOW), face(NOW), chip(NOW), password(NOW)]), Some(Level::Full));
}

#[test]
fn chip_or_password_alone_leaves_a_light_card() {
    assert_eq!(level_of(&[register(NOW), face(NOW), chip(NOW)]), Some(Level::Light));
    assert_eq!(level_of(&[register(NOW), face(NOW), password(NOW)]), Some(Level::Light));
}

#[test]
fn without_register_or_face_there_is_no_card_at_all() {
    assert_eq!(level_of(&[face(NOW), chip(NOW), password(NOW)]), None);
    assert_eq!(level_of(&[register(NOW), chip(NOW), password(NOW)]), None);
}

#[test]
fn a_chip_of_last_year_steps_down_to_light_to_the_second() {
    let evidence = [register(NOW), face(NOW), chip(days_ago(365)), password(NOW)];
    let full = level(&evidence[..], &DecayPolicy::default(), NOW.plus_seconds(-1));
    assert_eq!(full, None, "register and face are of the future then");
    let evidence = [register(days_ago(400)), face(days_ago(400)), chip(days_ago(365)), password(days_ago(400))];
    let before = level(&evidence, &DecayPolicy::default(), NOW.plus_seconds(-1));
    assert_eq!(before, Some(Standing { level: Level::Full, until: NOW }));
    let light_until = days_ago(400).plus_days(1_096);
    assert_eq!(standing(&evidence), Some(Standing { level: Level::Light, until: light_until }));
}

#[test]
fn an_old_password_steps_down_too() {
    let evidence = [register(NOW), face(NOW), chip(NOW), password(days_ago(1_826))];
    assert_eq!(level_of(&evidence), Some(Level::Light));
}

#[test]
fn a_newer_chip_renews_and_the_first_to_go_sets_the_end() {
    let evidence = [register(NOW), face(NOW), chip(days_ago(500)), chip(days_ago(5)), password(NOW)];
    assert_eq!(standing(&evidence), Some(Standing { level: Level::Full, until: NOW.plus_days(360) }));
}

#[test]
fn a_chip_that_may_be_a_copy_counts_only_where_the_operator_says_so() {
    let evidence = [register(NOW), face(NOW), chip_with(NOW, None), password(NOW)];
    assert_eq!(level_of(&evidence), Some(Level::Light));
    let policy = DecayPolicy { copyable_chips: true, ..DecayPolicy::default() };
    assert_eq!(level(&evidence, &policy, NOW).map(|standing| standing.level), Some(Level::Full));
}

#[test]
fn a_chip_that_may_be_a_copy_does_not_spoil_an_older_one_that_is_none() {
    let evidence = [register(NOW), face(NOW), chip(days_ago(30)), chip_with(NOW, None), password(NOW)];
    assert_eq!(standing(&evidence).map(|standing| standing.until), Some(NOW.plus_days(335)));
}

#[test]
fn evidence_of_the_future_leaves_the_older_as_it_is() {
    let later = NOW.plus_seconds(1);
    let evidence = [register(NOW), face(NOW), chip(days_ago(5)), chip(later), password(NOW)];
    assert_eq!(standing(&evidence).map(|standing| standing.until), Some(NOW.plus_days(360)));
    assert_eq!(level_of(&[register(NOW), face(NOW), chip(later), password(NOW)]), Some(Level::Light));
}

#[test]
fn stored_evidence_of_before_and_of_now_is_readable() {
    let before = r#"[{"kind":"register_match","at":1800000000},
        {"kind":"live_face","at":1800000000,"by":{"engine":{"false_match_rate":1e-5}},"attack_detection":"passed"}]"#;
    let read: Vec<Evidence> = serde_json::from_str(before).expect("reads");
    assert_eq!(read, [register(NOW), face(NOW)]);
    let now = [chip(NOW), chip_with(NOW, None), password(NOW)];
    let stored = serde_json::to_string(&now).expect("writes");
    assert_eq!(serde_json::from_str::<Vec<Evidence>>(&stored).expect("reads"), now);
}

#[test]
fn policies_of_before_are_readable() {
    let read: DecayPolicy = serde_json::from_str(r#"{"register_days":10,"face_days":5}"#).expect("reads");
    assert_eq!(read, DecayPolicy { register_days: 10, face_days: 5, ..DecayPolicy::default() });
}

#[test]
fn cards_carry_document_country_and_protection() {
    let Method::DocumentChip(on_card) = chip(NOW).for_card().method else { panic!("a chip") };
    assert_eq!(on_card.document, DocumentType::IdCard);
    assert_eq!(on_card.country, Country::parse("JPN").expect("letters"));
    assert_eq!(on_card.clone_protection, Some(CloneProtection::ActiveAuthentication));
    assert_eq!(on_card.compared, Compared::Engine { false_match_rate: 1e-5 });
    assert_eq!(password(NOW).for_card(), assurance::Evidence { method: Method::IdPassword, at: NOW });
}
