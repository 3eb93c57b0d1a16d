mod coverage;
mod refused;

use mibun_crypto::key::{Algorithm, Signer};
use mibun_crypto::x509::profile::{AccessSpec, issue_access};
use mibun_crypto::x509::{AuthoritySpec, Subject, issue_root};
use serde_json::{Value, json};

use super::*;
use crate::testing::{NOW, Party, key, sign as sign_raw, validity, with_header};

const HOTEL: &str = "NTRJP-0100-01-000001";

/// A registration certificate before it is signed, so that a test can spoil any part of it.
struct Case {
    registrar: Party,
    anchors: Vec<Certificate>,
    header: Value,
    claims: Value,
}

impl Case {
    fn new() -> Self {
        Self::of(Party::new("registrar", Purpose::Registrar))
    }

    fn of(registrar: Party) -> Self {
        Self {
            anchors: registrar.anchors().to_vec(),
            header: json!({ "typ": TYP, "x5c": registrar.chain() }),
            claims: json!({
                "sub": HOTEL,
                "sub_ln": "Hotel Aoki KK",
                "name": "Hotel Aoki",
                "country": "JP",
                "entitlements": [SERVICE_PROVIDER],
                "credentials": [{
                    "format": "dc+sd-jwt",
                    "meta": { "vct_values": ["urn:eudi:pid:1"] },
                    "claim": [{ "path": ["family_name"] }, { "path": ["address", "country"] }],
                }],
                "purpose": [{ "lang": "en", "value": "Guests have to be registered" }],
                "privacy_policy": "https://hotel.example/privacy",
                "policy_id": ["0.4.0.19475.3.1"],
                "iat": NOW.0 - 60,
                "exp": NOW.0 + 86_400,
                "status": { "status_list": { "idx": 4, "uri": "https://registrar.example/1" } },
            }),
            registrar,
        }
    }

    fn text(&self) -> String {
        sign_raw(&self.header, &self.claims, &self.registrar.key)
    }

    fn verify(&self) -> Result<Registration, RegistrationError> {
        verify(&self.text(), &self.anchors, NOW)
    }
}

fn without(object: &mut Value, member: &str) {
    object.as_object_mut().expect("an object").remove(member);
}

fn access_certificate(identifier: Option<&str>) -> Certificate {
    let (authority, hotel) = (key("authority"), key("hotel"));
    let mut entropy = mibun_crypto::entropy::SeededEntropy::new("access");
    let subject = Subject { common_name: "Authority".into(), organisation: None, country: Some("JP".into()) };
    let spec = AuthoritySpec { subject, validity: validity(-1, 100), path_length: None };
    let root = issue_root(&spec, &authority, &mut entropy).expect("a root");
    let Some(identifier) = identifier else { return root };
    let spec = AccessSpec {
        trade_name: "Hotel Aoki",
        legal_name: "Hotel Aoki KK",
        identifier,
        country: "JP",
        contact: "https://hotel.example",
        host: None,
        revocation_list: None,
        issuer_certificate: None,
        validity: validity(-1, 100),
        subject_key: hotel.public_key(),
    };
    issue_access(&spec, &root, &authority, &mut entropy).expect("a certificate")
}

#[test]
fn a_registration_is_read() {
    let registration = Case::new().verify().expect("accepted");
    assert_eq!(registration.identifier.as_str(), HOTEL);
    assert_eq!(
        (registration.trade_name.as_str(), registration.legal_name.as_deref()),
        ("Hotel Aoki", Some("Hotel Aoki KK"))
    );
    assert_eq!(registration.entitlements, [SERVICE_PROVIDER]);
    assert_eq!(registration.purpose, [LocalText::english("Guests have to be registered")]);
    assert_eq!(registration.credentials[0].types, ["urn:eudi:pid:1"]);
    assert_eq!(registration.status.as_ref().map(|status| status.index), Some(4));
    assert_eq!(registration.expires_at, Some(NOW.plus_days(1)));
}

#[test]
fn headers_of_jades_are_accepted() {
    let mut case = Case::new();
    let leaf = Certificate::from_der(&case.registrar.x5c[0]).expect("a leaf");
    case.header["x5t#S256"] = mibun_crypto::base64url::encode(&leaf.sha256_fingerprint()).into();
    case.header["iat"] = NOW.0.into();
    assert!(case.verify().is_ok());
}

#[test]
fn a_registration_that_can_be_revoked_needs_no_end() {
    let mut case = Case::new();
    without(&mut case.claims, "exp");
    assert_eq!(case.verify().expect("accepted").expires_at, None);
}

#[test]
fn a_registration_that_ends_needs_no_status() {
    let mut case = Case::new();
    without(&mut case.claims, "status");
    assert_eq!(case.verify().expect("accepted").status, None);
}

#[test]
fn a_registration_may_last_twelve_months_to_the_second() {
    let mut case = Case::new();
    let issued_at = Timestamp::parse_rfc3339("2026-12-31T10:00:05Z").expect("a time");
    case.claims["iat"] = issued_at.0.into();
    case.claims["exp"] = Timestamp::parse_rfc3339("2027-12-31T10:00:05Z").expect("a time").0.into();
    assert!(case.verify().is_ok());
}

#[test]
fn those_who_only_issue_need_no_purpose() {
    let mut case = Case::new();
    without(&mut case.claims, "credentials");
    without(&mut case.claims, "purpose");
    case.claims["entitlements"] = json!(["https://uri.etsi.org/19475/Entitlement/PID_Provider"]);
    assert!(case.verify().expect("accepted").credentials.is_empty());
}

#[test]
fn members_that_are_not_known_are_ignored() {
    let mut case = Case::new();
    case.claims["x-sprinkled"] = json!({ "a": [null] });
    case.claims["credentials"][0]["x"] = 1.into();
    assert!(case.verify().is_ok());
}

#[test]
fn a_registration_belongs_to_the_access_certificate_with_its_identifier() {
    let registration = Case::new().verify().expect("accepted");
    assert_eq!(registration.belongs_to(&access_certificate(Some(HOTEL))), Ok(()));
}

#[test]
fn a_registration_does_not_belong_to_another_organisation() {
    let registration = Case::new().verify().expect("accepted");
    let other = access_certificate(Some("NTRJP-0100-01-000002"));
    assert_eq!(registration.belongs_to(&other), Err(OtherOrganisation::OtherIdentifier));
}

#[test]
fn a_registration_does_not_belong_to_a_certificate_without_an_identifier() {
    let registration = Case::new().verify().expect("accepted");
    assert_eq!(registration.belongs_to(&access_certificate(None)), Err(OtherOrganisation::NoIdentifier));
}

#[test]
fn what_is_signed_here_reads_as_it_was() {
    let case = Case::new();
    let mut registration = case.verify().expect("accepted");
    registration.supervisor =
        Some(Supervisor { name: Some("PPC".into()), country: Some("JP".into()), ..Supervisor::default() });
    registration.services = vec![LocalText::english("A hotel")];
    registration.intended_use = Some("hotel-checkin-jp".into());
    registration.info_uri = Some("https://hotel.example".into());
    registration.credentials.push(RegisteredCredential {
        format: "mso_mdoc".into(),
        types: vec!["eu.europa.ec.eudi.pid.1".into()],
        claims: Some(vec![vec![
            PathElement::Member("eu.europa.ec.eudi.pid.1".into()),
            PathElement::Member("portrait".into()),
        ]]),
    });
    let text = sign(&registration, &case.registrar.x5c, &case.registrar.key).expect("signed");
    assert_eq!(verify(&text, &case.anchors, NOW), Ok(registration));
}

#[test]
fn a_registration_that_nobody_would_accept_is_not_signed() {
    let case = Case::new();
    let mut registration = case.verify().expect("accepted");
    registration.expires_at = Some(registration.issued_at.plus_days(367));
    let refused = sign(&registration, &case.registrar.x5c, &case.registrar.key);
    assert_eq!(refused, Err(RegistrationSignError::Registration(RegistrationError::TooLong)));
}

#[test]
fn identifiers_of_every_form_are_read() {
    for text in [HOTEL, "LEIEU-987654321", "VATDE-1", "NT:DE-1-2", "EUIDFR-7501.4", "EORIXG-9"] {
        assert_eq!(Identifier::parse(text).map(|identifier| identifier.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn what_is_no_identifier_is_refused() {
    let long = format!("NTRJP-{}", "1".repeat(59));
    for text in
        ["", "-", "NTRJP", "NTRJP-", "ntrjp-1", "NTR-1", "JP-1", "N1RJP-1", "NTRJP-1 2", "NTRJP-é", "身分-1", &long]
    {
        assert_eq!(Identifier::parse(text), Err(BadIdentifier), "{text}");
    }
}

#[test]
fn registrations_are_of_the_algorithms_that_their_standard_names() {
    let case = |algorithm| Case::of(Party::with("registrar", Purpose::Registrar, algorithm, validity(-10, 300)));
    for algorithm in [Algorithm::Es256, Algorithm::Es384] {
        assert!(case(algorithm).verify().is_ok(), "{algorithm}");
    }
    for algorithm in [Algorithm::EdDsa, Algorithm::MlDsa65] {
        assert_eq!(
            case(algorithm).verify().err(),
            Some(RegistrationError::Signed(SignedError::Algorithm)),
            "{algorithm}"
        );
    }
}

#[test]
fn a_key_signs_for_no_other_algorithm_than_its_own() {
    let case = Case::new();
    for (name, error) in [
        ("none", SignedError::Algorithm),
        ("HS256", SignedError::Algorithm),
        ("ML-DSA-65", SignedError::Algorithm),
        ("ES384", SignedError::Signature),
    ] {
        let mut header = case.header.clone();
        header["alg"] = name.into();
        let found = verify(&with_header(&case.text(), &header), &case.anchors, NOW);
        assert_eq!(found.err(), Some(RegistrationError::Signed(error)), "{name}");
    }
}
