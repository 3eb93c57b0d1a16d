use super::*;

const PID: &str = "urn:eudi:pid:1";

fn path(value: Value) -> Vec<PathElement> {
    let one = |element: &Value| match element {
        Value::Null => PathElement::Every,
        Value::Number(number) => PathElement::Index(number.as_u64().expect("a place")),
        other => PathElement::Member(other.as_str().expect("a name").to_owned()),
    };
    value.as_array().expect("a path").iter().map(one).collect()
}

/// Whether a registration for `registered` covers a question for `asked`.
fn covered(registered: Value, asked: Value) -> bool {
    let mut registration = Case::new().verify().expect("accepted");
    registration.credentials[0].claims = Some(vec![path(registered)]);
    let asked = path(asked);
    let asked = [AskedClaim { format: "dc+sd-jwt", credential_type: PID, path: &asked }];
    registration.outside(&asked).is_empty()
}

#[test]
fn the_same_claim_is_covered() {
    assert!(covered(json!(["family_name"]), json!(["family_name"])));
}

#[test]
fn a_part_of_a_registered_claim_is_covered() {
    assert!(covered(json!(["address"]), json!(["address", "country"])));
}

#[test]
fn more_than_the_registered_part_is_not_covered() {
    assert!(!covered(json!(["address", "country"]), json!(["address"])));
    assert!(!covered(json!(["address", "country"]), json!(["address", "locality"])));
}

#[test]
fn every_element_covers_each_and_the_array_itself() {
    assert!(covered(json!(["nationalities", null]), json!(["nationalities", 1])));
    assert!(covered(json!(["nationalities", null]), json!(["nationalities", null])));
    assert!(covered(json!(["nationalities", null]), json!(["nationalities"])));
}

#[test]
fn one_element_covers_no_other_and_not_all() {
    assert!(covered(json!(["nationalities", 0]), json!(["nationalities", 0])));
    assert!(!covered(json!(["nationalities", 0]), json!(["nationalities", 1])));
    assert!(!covered(json!(["nationalities", 0]), json!(["nationalities", null])));
    assert!(!covered(json!(["nationalities", 0]), json!(["nationalities"])));
}

#[test]
fn a_member_of_every_element_does_not_cover_the_elements() {
    assert!(!covered(json!(["cards", null, "number"]), json!(["cards"])));
    assert!(!covered(json!(["cards", null, "number"]), json!(["cards", null])));
    assert!(covered(json!(["cards", null, "number"]), json!(["cards", 3, "number"])));
}

#[test]
fn a_member_named_like_a_place_is_not_that_place() {
    assert!(!covered(json!(["a", 0]), json!(["a", "0"])));
    assert!(!covered(json!(["a", null]), json!(["a", "0"])));
}

#[test]
fn what_lies_outside_is_named_in_order() {
    let registration = Case::new().verify().expect("accepted");
    let paths = [json!(["picture"]), json!(["family_name"]), json!(["address"])].map(path);
    let asked = paths.each_ref().map(|path| AskedClaim { format: "dc+sd-jwt", credential_type: PID, path });
    assert_eq!(registration.outside(&asked), [&asked[0], &asked[2]]);
}

#[test]
fn another_format_or_type_is_outside() {
    let registration = Case::new().verify().expect("accepted");
    let family_name = path(json!(["family_name"]));
    for (format, credential_type) in [("mso_mdoc", PID), ("dc+sd-jwt", "urn:eudi:pid:2"), ("vc+sd-jwt", PID)] {
        let asked = [AskedClaim { format, credential_type, path: &family_name }];
        assert_eq!(registration.outside(&asked).len(), 1, "{format} {credential_type}");
    }
}

#[test]
fn a_registration_of_no_claims_in_particular_covers_all() {
    let mut case = Case::new();
    without(&mut case.claims["credentials"][0], "claim");
    let registration = case.verify().expect("accepted");
    let picture = path(json!(["picture"]));
    assert!(
        registration.outside(&[AskedClaim { format: "dc+sd-jwt", credential_type: PID, path: &picture }]).is_empty()
    );
}

#[test]
fn a_credential_without_claims_is_covered_by_its_type() {
    let registration = Case::new().verify().expect("accepted");
    assert!(registration.outside(&[AskedClaim { format: "dc+sd-jwt", credential_type: PID, path: &[] }]).is_empty());
    assert_eq!(registration.outside(&[AskedClaim { format: "dc+sd-jwt", credential_type: "x", path: &[] }]).len(), 1);
}

#[test]
fn a_format_that_is_not_looked_into_covers_nothing() {
    let mut case = Case::new();
    case.claims["credentials"][0] = json!({ "format": "jwt_vc_json", "meta": { "type_values": [["A"]] } });
    let registration = case.verify().expect("accepted");
    let asked = [AskedClaim { format: "jwt_vc_json", credential_type: "A", path: &[] }];
    assert_eq!(registration.outside(&asked).len(), 1);
}

#[test]
fn those_who_only_issue_may_ask_for_nothing() {
    let mut case = Case::new();
    without(&mut case.claims, "credentials");
    let registration = case.verify().expect("accepted");
    assert_eq!(registration.outside(&[AskedClaim { format: "dc+sd-jwt", credential_type: PID, path: &[] }]).len(), 1);
}
