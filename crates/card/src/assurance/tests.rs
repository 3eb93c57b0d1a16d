mod full;

use mibun_crypto::time::Timestamp;
use serde_json::json;

use super::*;

const AT: Timestamp = Timestamp(1_800_000_123);

fn assurance() -> Assurance {
    let at = AT.floor_to_day();
    let methods = [Method::RegisterMatch, Method::LiveFace { false_match_rate: 1e-5 }, Method::OfficerFace];
    Assurance { level: Level::Light, evidence: methods.map(|method| Evidence { method, at }).to_vec() }
}

fn claims() -> Map<String, Value> {
    let mut claims = Map::new();
    assurance().add_to(&mut claims, "Registry");
    claims
}

/// What is read after `change` of the second piece of evidence, the live face.
fn with_face(change: impl FnOnce(&mut Value)) -> Result<Assurance, AssuranceError> {
    let mut claims = claims();
    change(&mut claims[EVIDENCE][1]);
    Assurance::from_claims(&claims)
}

#[test]
fn levels_are_named_and_ordered() {
    assert!(Level::Light < Level::Full);
    for level in [Level::Light, Level::Full] {
        assert_eq!(Level::parse(level.as_str()), Ok(level));
    }
    assert_eq!(Level::parse("Full"), Err(UnknownLevel));
}

#[test]
fn evidence_names_method_day_and_measured_rate() {
    let face = Evidence { method: Method::LiveFace { false_match_rate: 1e-5 }, at: AT }.to_value("Registry");
    let expected = json!({
        "type": "electronic_record",
        "time": "2027-01-15T00:00:00Z",
        "check_details": [{
            "check_method": "bvr",
            "organization": "Registry",
            "time": "2027-01-15T00:00:00Z",
            "false_match_rate": 1e-5,
        }],
        "record": { "type": "population_register", "source": { "name": "Registry" } },
    });
    assert_eq!(face, expected);
}

#[test]
fn only_a_machine_has_an_error_rate() {
    for method in [Method::RegisterMatch, Method::OfficerFace] {
        let value = Evidence { method, at: AT }.to_value("Registry");
        assert!(value["check_details"][0].get("false_match_rate").is_none());
    }
}

#[test]
fn level_and_evidence_come_back_from_the_claims() {
    assert_eq!(claims()[LEVEL], "light");
    assert_eq!(Assurance::from_claims(&claims()), Ok(assurance()));
}

#[test]
fn rates_come_back_as_they_are_in_the_table() {
    for rate in [1e-3, 1e-4, 1e-5, 1e-6, 2.5e-4, 0.0, 1.0] {
        let read = with_face(|face| {
            *face = Evidence { method: Method::LiveFace { false_match_rate: rate }, at: AT }.to_value("Registry");
        });
        assert_eq!(read.expect("reads").evidence[1].method, Method::LiveFace { false_match_rate: rate });
    }
}

#[test]
fn a_card_without_level_is_refused() {
    let mut claims = claims();
    claims.remove(LEVEL);
    assert_eq!(Assurance::from_claims(&claims), Err(AssuranceError::Level));
}

#[test]
fn a_level_of_another_name_or_kind_is_refused() {
    for level in [json!("high"), json!("LIGHT"), json!(2), json!(null)] {
        let mut claims = claims();
        claims.insert(LEVEL.into(), level);
        assert_eq!(Assurance::from_claims(&claims), Err(AssuranceError::Level));
    }
}

#[test]
fn a_card_without_a_list_of_evidence_is_refused() {
    let mut claims = claims();
    claims.insert(EVIDENCE.into(), json!({}));
    assert_eq!(Assurance::from_claims(&claims), Err(AssuranceError::Evidence));
    claims.remove(EVIDENCE);
    assert_eq!(Assurance::from_claims(&claims), Err(AssuranceError::Evidence));
}

#[test]
fn evidence_without_a_time_is_refused() {
    for time in [json!(null), json!("yesterday"), json!("2027-02-30T00:00:00Z"), json!(1_800_000_000)] {
        assert_eq!(with_face(|face| face["time"] = time), Err(AssuranceError::Evidence));
    }
}

#[test]
fn a_face_without_a_sensible_error_rate_is_refused() {
    for rate in [json!(null), json!("1e-5"), json!(-1e-5), json!(1.5)] {
        assert_eq!(
            with_face(|face| face["check_details"][0]["false_match_rate"] = rate),
            Err(AssuranceError::Evidence)
        );
    }
}

#[test]
fn a_check_without_method_is_refused() {
    assert_eq!(with_face(|face| face["check_details"][0]["check_method"] = json!(1)), Err(AssuranceError::Evidence));
}

#[test]
fn evidence_of_other_kinds_is_passed_over() {
    let others: [fn(&mut Value); 6] = [
        |face| *face = json!({ "type": "document" }),
        |face| *face = json!("text"),
        |face| face["type"] = json!("vouch"),
        |face| face["record"]["type"] = json!("mortgage_account"),
        |face| face["check_details"][0]["check_method"] = json!("kbv"),
        |face| face["check_details"] = json!([]),
    ];
    for change in others {
        let read = with_face(change).expect("reads");
        let methods: Vec<_> = read.evidence.iter().map(|evidence| evidence.method).collect();
        assert_eq!(methods, [Method::RegisterMatch, Method::OfficerFace]);
    }
}
