use mibun_crypto::json::Limits;
use mibun_crypto::jws;

use super::*;

/// Members that the schema of TS 119 602 demands of an object, and those that it allows besides.
type Shape = (&'static str, &'static [&'static str], &'static [&'static str]);

/// The objects of the JSON schema, as far as we write them; none of them allows other members.
const SHAPES: [Shape; 7] = [
    ("/LoTE", &["ListAndSchemeInformation"], &["TrustedEntitiesList"]),
    (
        "/LoTE/ListAndSchemeInformation",
        &["LoTEVersionIdentifier", "LoTESequenceNumber", "SchemeOperatorName", "ListIssueDateTime", "NextUpdate"],
        &[
            "LoTEType",
            "SchemeOperatorAddress",
            "SchemeName",
            "SchemeInformationURI",
            "StatusDeterminationApproach",
            "SchemeTypeCommunityRules",
            "SchemeTerritory",
            "PolicyOrLegalNotice",
            "HistoricalInformationPeriod",
            "PointersToOtherLoTE",
            "DistributionPoints",
            "SchemeExtensions",
        ],
    ),
    (
        "/LoTE/ListAndSchemeInformation/SchemeOperatorAddress",
        &["SchemeOperatorPostalAddress", "SchemeOperatorElectronicAddress"],
        &[],
    ),
    ("/LoTE/TrustedEntitiesList/0", &["TrustedEntityInformation", "TrustedEntityServices"], &[]),
    (
        "/LoTE/TrustedEntitiesList/0/TrustedEntityInformation",
        &["TEName", "TEAddress", "TEInformationURI"],
        &["TETradeName", "TEInformationExtensions"],
    ),
    (
        "/LoTE/TrustedEntitiesList/0/TrustedEntityInformation/TEAddress",
        &["TEPostalAddress", "TEElectronicAddress"],
        &[],
    ),
    (
        "/LoTE/TrustedEntitiesList/0/TrustedEntityServices/0/ServiceInformation",
        &["ServiceName", "ServiceDigitalIdentity"],
        &[
            "ServiceTypeIdentifier",
            "ServiceStatus",
            "StatusStartingTime",
            "SchemeServiceDefinitionURI",
            "ServiceSupplyPoints",
            "ServiceDefinitionURI",
            "ServiceInformationExtensions",
        ],
    ),
];

/// Every member that we ever write.
fn full_list() -> TrustList {
    let mut list = Case::new().verify().expect("accepted");
    list.operator_address = Some(list.entities[0].address.clone());
    list.name = vec![LocalText::english("Providers of cards")];
    list.information = vec![LocalUri::english("https://operator.example/about")];
    list.policy = vec![LocalUri::english("https://operator.example/policy")];
    list.entities[0].services[0].status = Some("http://uri.etsi.org/x/granted".into());
    list
}

fn check(payload: &Value) {
    for (place, required, optional) in SHAPES {
        let members = payload.pointer(place).and_then(Value::as_object).unwrap_or_else(|| panic!("{place}"));
        for name in required {
            assert!(members.contains_key(*name), "{place} lacks {name}");
        }
        for name in members.keys() {
            assert!([required, optional].concat().contains(&name.as_str()), "{place} has {name}");
        }
    }
    nothing_is_empty(payload);
}

/// Lists of the schema hold at least one element, and texts their language.
fn nothing_is_empty(value: &Value) {
    match value {
        Value::Array(elements) => {
            assert!(!elements.is_empty());
            elements.iter().for_each(nothing_is_empty);
        }
        Value::Object(members) => {
            let localised = ["value", "uriValue", "StreetAddress"].iter().any(|name| members.contains_key(*name));
            assert!(!localised || members["lang"].is_string(), "{members:?}");
            members.values().for_each(nothing_is_empty);
        }
        Value::Null => panic!("a member without a value"),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => {}
    }
}

#[test]
fn what_is_written_has_the_members_of_the_schema() {
    check(&to_value(&full_list()));
}

#[test]
fn what_is_written_reads_as_it_was() {
    let list = full_list();
    assert_eq!(read(&to_value(&list)), Ok(list));
}

#[test]
fn a_list_of_nobody_is_written_without_the_member() {
    let list = TrustList { entities: Vec::new(), ..full_list() };
    assert_eq!(to_value(&list).pointer("/LoTE/TrustedEntitiesList"), None);
    assert_eq!(read(&to_value(&list)), Ok(list));
}

#[test]
fn what_is_signed_here_is_accepted() {
    let (case, list) = (Case::new(), full_list());
    let text = sign(&list, &case.operator.x5c, &case.operator.key).expect("signed");
    let expected = Expected { anchors: &case.anchors, kind: list.kind, last_sequence: Some(7), now: NOW };
    assert_eq!(verify(&text, &expected), Ok(list));
}

#[test]
fn what_is_signed_here_is_jades_baseline_b() {
    let (case, list) = (Case::new(), full_list());
    let text = sign(&list, &case.operator.x5c, &case.operator.key).expect("signed");
    let message = jws::parse(&text, &Limits { bytes: MAX_BYTES, ..Limits::default() }).expect("a message");
    let leaf = Certificate::from_der(&message.header().x5c()[0]).expect("a leaf");
    let digest = mibun_crypto::base64url::encode(&leaf.sha256_fingerprint());
    assert_eq!(message.header().get("x5t#S256").and_then(Value::as_str), Some(digest.as_str()));
    assert_eq!(message.header().get("iat").and_then(Value::as_i64), Some(list.issued_at.0));
}

#[test]
fn a_list_that_nobody_would_accept_is_not_signed() {
    let case = Case::new();
    for (list, why) in [
        (TrustList { operator: Vec::new(), ..full_list() }, ListError::Member("SchemeOperatorName")),
        (TrustList { sequence: 0, ..full_list() }, ListError::Member("LoTESequenceNumber")),
        (TrustList { next_update: NOW.plus_days(400), ..full_list() }, ListError::TooLong),
    ] {
        assert_eq!(sign(&list, &case.operator.x5c, &case.operator.key), Err(ListSignError::List(why)));
    }
}

#[test]
fn kinds_are_read_by_the_addresses_they_are_written_with() {
    for kind in ListKind::ALL {
        assert_eq!(ListKind::from_uri(kind.uri()), Some(kind));
        for service in [ServiceKind::Issuance, ServiceKind::Revocation] {
            assert_eq!(kind.service_from_uri(&kind.service_uri(service)), Some(service));
        }
    }
    assert_eq!(ListKind::from_uri("http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList"), None);
}
