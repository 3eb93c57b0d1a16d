//! What a full card rests on besides.

use super::*;

const PROTECTIONS: [CloneProtection; 3] = [
    CloneProtection::ActiveAuthentication,
    CloneProtection::ChipAuthentication,
    CloneProtection::PaceChipAuthenticationMapping,
];

fn chip() -> ChipCheck {
    ChipCheck {
        document: DocumentType::Passport,
        country: Country::parse("JPN").expect("letters"),
        clone_protection: Some(CloneProtection::ChipAuthentication),
        compared: Compared::Engine { false_match_rate: 1e-5 },
    }
}

fn at(method: Method) -> Evidence {
    Evidence { method, at: AT.floor_to_day() }
}

fn read(value: Value) -> Result<Vec<Evidence>, AssuranceError> {
    let mut claims = Map::new();
    claims.insert(LEVEL.into(), "full".into());
    claims.insert(EVIDENCE.into(), json!([value]));
    Assurance::from_claims(&claims).map(|assurance| assurance.evidence)
}

/// What is read after `change` of a chip's evidence.
fn with_chip(change: impl FnOnce(&mut Value)) -> Result<Vec<Evidence>, AssuranceError> {
    let mut value = at(Method::DocumentChip(chip())).to_value("Registry");
    change(&mut value);
    read(value)
}

#[test]
fn a_chip_is_a_document_whose_signature_and_face_were_checked() {
    let expected = json!({
        "type": "document",
        "time": "2027-01-15T00:00:00Z",
        "check_details": [
            {
                "check_method": "vcrypt",
                "organization": "Registry",
                "time": "2027-01-15T00:00:00Z",
                "clone_protection": "chip_authentication",
            },
            {
                "check_method": "bvr",
                "organization": "Registry",
                "time": "2027-01-15T00:00:00Z",
                "false_match_rate": 1e-5,
            },
        ],
        "document_details": { "type": "passport", "issuer": { "country_code": "JPN" } },
    });
    assert_eq!(Evidence { method: Method::DocumentChip(chip()), at: AT }.to_value("Registry"), expected);
}

#[test]
fn a_password_is_a_record_that_authenticates() {
    let expected = json!({
        "type": "electronic_record",
        "time": "2027-01-15T00:00:00Z",
        "check_details": [
            { "check_method": "auth", "organization": "Registry", "time": "2027-01-15T00:00:00Z" },
        ],
        "record": { "type": "id_password", "source": { "name": "Registry" } },
    });
    assert_eq!(at(Method::IdPassword).to_value("Registry"), expected);
    assert_eq!(read(expected), Ok(vec![at(Method::IdPassword)]));
}

#[test]
fn every_kind_of_chip_comes_back() {
    for document in
        [DocumentType::Passport, DocumentType::IdCard, DocumentType::ResidencePermit, DocumentType::DrivingPermit]
    {
        for clone_protection in [PROTECTIONS.map(Some).as_slice(), &[None]].concat() {
            for compared in [Compared::Officer, Compared::Engine { false_match_rate: 1e-4 }] {
                let method = Method::DocumentChip(ChipCheck { document, clone_protection, compared, ..chip() });
                assert_eq!(read(at(method).to_value("Registry")), Ok(vec![at(method)]));
                let stored = serde_json::to_string(&at(method)).expect("writes");
                assert_eq!(serde_json::from_str::<Evidence>(&stored).expect("reads"), at(method));
            }
        }
    }
}

#[test]
fn names_on_the_wire_are_the_stored_ones() {
    for protection in PROTECTIONS {
        assert_eq!(serde_json::to_value(protection).expect("a name"), protection.as_str());
    }
    for document in [DocumentType::Passport, DocumentType::IdCard, DocumentType::ResidencePermit] {
        assert_eq!(serde_json::to_value(document).expect("a name"), document.as_str());
    }
}

#[test]
fn rows_of_before_are_readable() {
    for (stored, method) in [
        (r#"{"method":{"kind":"register_match"},"at":1800000000}"#, Method::RegisterMatch),
        (
            r#"{"method":{"kind":"live_face","false_match_rate":1e-5},"at":1800000000}"#,
            Method::LiveFace { false_match_rate: 1e-5 },
        ),
        (r#"{"method":{"kind":"officer_face"},"at":1800000000}"#, Method::OfficerFace),
    ] {
        let read: Evidence = serde_json::from_str(stored).expect("reads");
        assert_eq!(read, Evidence { method, at: Timestamp(1_800_000_000) });
    }
}

#[test]
fn an_unknown_way_against_copies_is_as_good_as_none() {
    let read = with_chip(|chip| chip["check_details"][0]["clone_protection"] = json!("of the future"));
    let method = Method::DocumentChip(ChipCheck { clone_protection: None, ..chip() });
    assert_eq!(read, Ok(vec![at(method)]));
}

#[test]
fn a_chip_without_country_time_or_rate_is_refused() {
    let changes: [fn(&mut Value); 6] = [
        |chip| chip["document_details"]["issuer"] = json!({}),
        |chip| chip["document_details"]["issuer"]["country_code"] = json!("jpn"),
        |chip| chip["document_details"]["issuer"]["country_code"] = json!("JP"),
        |chip| chip["time"] = json!("yesterday"),
        |chip| chip["check_details"][1]["false_match_rate"] = json!(2),
        |chip| chip["check_details"][0]["clone_protection"] = json!(1),
    ];
    for change in changes {
        assert_eq!(with_chip(change), Err(AssuranceError::Evidence));
    }
}

#[test]
fn other_documents_and_checks_are_passed_over() {
    let changes: [fn(&mut Value); 5] = [
        |chip| chip["check_details"] = json!([]),
        |chip| chip["check_details"][0]["check_method"] = json!("vpip"),
        |chip| chip["check_details"][1]["check_method"] = json!("kbv"),
        |chip| chip["document_details"]["type"] = json!("bank_statement"),
        |chip| chip["document_details"] = json!(null),
    ];
    for change in changes {
        assert_eq!(with_chip(change), Ok(Vec::new()));
    }
    let mut password = at(Method::IdPassword).to_value("Registry");
    password["check_details"][0]["check_method"] = json!("data");
    assert_eq!(read(password), Ok(Vec::new()));
}

#[test]
fn countries_are_three_letters() {
    for letters in ["", "D", "JP", "JPNX", "jpn", "J1N", "日"] {
        assert_eq!(Country::parse(letters), Err(NotACountry));
    }
    assert_eq!(format!("{:?}", chip().country), "JPN");
}
