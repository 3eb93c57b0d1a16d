mod form;
mod refused;

use mibun_crypto::key::Algorithm;
use serde_json::{Value, json};

use super::*;
use crate::anchors::TrustAnchors;
use crate::testing::{NOW, Party, sign as sign_raw, validity, with_header};

const OPERATOR: &str = "operator";

/// A list before it is signed, so that a test can spoil any part of it.
struct Case {
    operator: Party,
    anchors: Vec<Certificate>,
    header: Value,
    payload: Value,
    last_sequence: Option<u64>,
}

impl Case {
    fn new() -> Self {
        Self::of(Party::new(OPERATOR, Purpose::ListSigner))
    }

    /// Written out by hand, in the names of the schema.
    fn of(operator: Party) -> Self {
        let provider = Party::new("provider", Purpose::DocumentSigner);
        Self {
            anchors: operator.anchors().to_vec(),
            header: json!({ "typ": "JOSE", "x5c": operator.chain() }),
            payload: json!({ "LoTE": {
                "ListAndSchemeInformation": {
                    "LoTEVersionIdentifier": 1,
                    "LoTESequenceNumber": 7,
                    "LoTEType": "http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList",
                    "SchemeOperatorName": [{ "lang": "en", "value": OPERATOR }],
                    "SchemeTerritory": "JP",
                    "ListIssueDateTime": NOW.plus_seconds(-60).to_rfc3339(),
                    "NextUpdate": NOW.plus_days(30).to_rfc3339(),
                },
                "TrustedEntitiesList": [entity(&provider)],
            } }),
            operator,
            last_sequence: None,
        }
    }

    fn scheme(&mut self) -> &mut Value {
        &mut self.payload["LoTE"]["ListAndSchemeInformation"]
    }

    fn entity(&mut self) -> &mut Value {
        &mut self.payload["LoTE"]["TrustedEntitiesList"][0]
    }

    fn service(&mut self) -> &mut Value {
        &mut self.entity()["TrustedEntityServices"][0]["ServiceInformation"]
    }

    fn text(&self) -> String {
        sign_raw(&self.header, &self.payload, &self.operator.key)
    }

    fn verify(&self) -> Result<TrustList, ListError> {
        self.verify_as(ListKind::PidProviders)
    }

    fn verify_as(&self, kind: ListKind) -> Result<TrustList, ListError> {
        let expected = Expected { anchors: &self.anchors, kind, last_sequence: self.last_sequence, now: NOW };
        verify(&self.text(), &expected)
    }

    /// The verdict on the signed list under another header, which the signature does not cover.
    fn verify_under(&self, header: &Value) -> Result<TrustList, ListError> {
        let kind = ListKind::PidProviders;
        let expected = Expected { anchors: &self.anchors, kind, last_sequence: None, now: NOW };
        verify(&with_header(&self.text(), header), &expected)
    }
}

fn entity(provider: &Party) -> Value {
    let root = mibun_crypto::base64url::encode_standard(provider.root.der());
    json!({
        "TrustedEntityInformation": {
            "TEName": [{ "lang": "en", "value": "City of Mibun" }],
            "TETradeName": [{ "lang": "en", "value": "NTRJP-1" }],
            "TEAddress": {
                "TEPostalAddress": [{ "lang": "en", "StreetAddress": "1-1", "Locality": "Mibun", "Country": "JP" }],
                "TEElectronicAddress": [{ "lang": "en", "uriValue": "mailto:id@mibun.example" }],
            },
            "TEInformationURI": [{ "lang": "en", "uriValue": "https://mibun.example" }],
        },
        "TrustedEntityServices": [{ "ServiceInformation": {
            "ServiceName": [{ "lang": "en", "value": "Cards" }],
            "ServiceTypeIdentifier": "http://uri.etsi.org/19602/SvcType/PID/Issuance",
            "ServiceDigitalIdentity": { "X509Certificates": [{ "val": root }] },
        } }],
    })
}

fn without(object: &mut Value, member: &str) {
    object.as_object_mut().expect("an object").remove(member);
}

#[test]
fn a_list_is_read() {
    let list = Case::new().verify().expect("accepted");
    assert_eq!((list.kind, list.sequence), (ListKind::PidProviders, 7));
    assert_eq!(list.operator, [LocalText::english(OPERATOR)]);
    assert_eq!((list.issued_at, list.next_update), (NOW.plus_seconds(-60), NOW.plus_days(30)));
    let entity = &list.entities[0];
    assert_eq!((entity.name[0].value.as_str(), entity.trade_name[0].value.as_str()), ("City of Mibun", "NTRJP-1"));
    assert_eq!(entity.address.postal[0].country, "JP");
    assert_eq!((entity.services[0].kind, entity.services[0].certificates.len()), (ServiceKind::Issuance, 1));
}

#[test]
fn headers_of_jades_are_accepted_with_their_critical_time() {
    let mut case = Case::new();
    let leaf = Certificate::from_der(&case.operator.x5c[0]).expect("a leaf");
    let header = json!({
        "alg": "ES256",
        "x5c": case.operator.chain(),
        "x5t#S256": mibun_crypto::base64url::encode(&leaf.sha256_fingerprint()),
        "sigT": "2027-01-15T08:00:00Z",
        "crit": ["sigT"],
    });
    // Our signing function writes no critical header, so this one is signed by hand.
    let part = |value: &Value| mibun_crypto::base64url::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(&header), part(&case.payload));
    let signature = mibun_crypto::key::Signer::sign(&case.operator.key, input.as_bytes()).expect("a signature");
    let text = mibun_crypto::jws::attach(input, &signature);
    case.last_sequence = Some(7);
    let expected =
        Expected { anchors: &case.anchors, kind: ListKind::PidProviders, last_sequence: case.last_sequence, now: NOW };
    assert!(verify(&text, &expected).is_ok());
}

#[test]
fn the_last_list_again_and_a_newer_one_are_accepted() {
    for last in [None, Some(1), Some(7)] {
        let mut case = Case::new();
        case.last_sequence = last;
        assert!(case.verify().is_ok(), "{last:?}");
    }
}

#[test]
fn a_list_of_nobody_is_a_list() {
    let mut case = Case::new();
    without(&mut case.payload["LoTE"], "TrustedEntitiesList");
    assert!(case.verify().expect("accepted").entities.is_empty());
}

#[test]
fn extensions_that_need_not_be_understood_are_ignored() {
    let mut case = Case::new();
    case.scheme()["SchemeExtensions"] = json!([{ "critical": false, "a": 1 }, "anything"]);
    case.service()["ServiceInformationExtensions"] = json!([{ "a": 1 }]);
    assert!(case.verify().is_ok());
}

#[test]
fn anchors_come_by_purpose() {
    for kind in ListKind::ALL {
        let mut case = Case::new();
        case.scheme()["LoTEType"] = kind.uri().into();
        case.service()["ServiceTypeIdentifier"] = kind.service_uri(ServiceKind::Issuance).into();
        let mut anchors = TrustAnchors::default();
        assert_eq!(anchors.add(&case.verify_as(kind).expect("accepted")), 0);
        let TrustAnchors { issuers, status, access, attesters, registrars, .. } = &anchors;
        let filled = [issuers, attesters, access, registrars].map(Vec::len);
        let expected = ListKind::ALL.map(|other| usize::from(other == kind));
        assert_eq!((filled, status.len()), (expected, 0), "{kind:?}");
    }
}

#[test]
fn who_revokes_cards_signs_status_lists() {
    let mut case = Case::new();
    case.service()["ServiceTypeIdentifier"] = "http://uri.etsi.org/19602/SvcType/PID/Revocation".into();
    let mut anchors = TrustAnchors::default();
    assert_eq!(anchors.add(&case.verify().expect("accepted")), 0);
    assert_eq!((anchors.issuers.len(), anchors.status.len()), (0, 1));
}

#[test]
fn an_anchor_is_not_added_twice() {
    let (case, mut anchors) = (Case::new(), TrustAnchors::default());
    let list = case.verify().expect("accepted");
    assert_eq!([anchors.add(&list), anchors.add(&list)], [0, 0]);
    assert_eq!(anchors.issuers.len(), 1);
}

#[test]
fn what_is_no_authority_becomes_no_anchor() {
    let mut case = Case::new();
    let leaf = mibun_crypto::base64url::encode_standard(&Party::new("provider", Purpose::DocumentSigner).x5c[0]);
    case.service()["ServiceDigitalIdentity"]["X509Certificates"][0]["val"] = leaf.into();
    let mut anchors = TrustAnchors::default();
    assert_eq!(anchors.add(&case.verify().expect("accepted")), 1);
    assert!(anchors.issuers.is_empty());
}

#[test]
fn a_service_whose_standing_was_withdrawn_becomes_no_anchor() {
    let mut case = Case::new();
    let (withdrawn, granted) = ("http://uri.etsi.org/x/Svcstatus/withdrawn", "http://uri.etsi.org/x/Svcstatus/granted");
    for (status, left_out) in [(withdrawn, 1), (granted, 0)] {
        case.service()["ServiceStatus"] = status.into();
        assert_eq!(TrustAnchors::default().add(&case.verify().expect("accepted")), left_out, "{status}");
    }
}

#[test]
fn a_list_cannot_make_one_kind_of_provider_another() {
    let mut case = Case::new();
    case.scheme()["LoTEType"] = ListKind::WalletProviders.uri().into();
    let verdict = case.verify_as(ListKind::WalletProviders);
    assert_eq!(verdict, Err(ListError::ForeignService { entity: 0, service: 0 }));
}

#[test]
fn lists_are_of_the_algorithms_that_their_standard_names() {
    let case = |algorithm| Case::of(Party::with(OPERATOR, Purpose::ListSigner, algorithm, validity(-10, 300)));
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        assert!(case(algorithm).verify().is_ok(), "{algorithm}");
    }
    assert_eq!(case(Algorithm::MlDsa65).verify().err(), Some(ListError::Signed(SignedError::Algorithm)));
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
        let found = case.verify_under(&header);
        assert_eq!(found.err(), Some(ListError::Signed(error)), "{name}");
    }
}
