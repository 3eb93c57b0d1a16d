//! A list as JSON, explicit about its scheme (ETSI TS 119 602 clause 6.3).

use mibun_crypto::base64url;
use mibun_crypto::x509::Certificate;
use serde_json::{Map, Value, json};

use super::{Address, Entity, Service, TrustList, VERSION};
use crate::localised::LocalUri;

/// The payload of a list.
pub fn to_value(list: &TrustList) -> Value {
    let mut lote = Map::new();
    lote.insert("ListAndSchemeInformation".to_owned(), scheme(list));
    // The schema knows no empty list of entities.
    if !list.entities.is_empty() {
        let entities = list.entities.iter().map(|entity| self::entity(entity, list)).collect();
        lote.insert("TrustedEntitiesList".to_owned(), entities);
    }
    json!({ "LoTE": lote })
}

fn scheme(list: &TrustList) -> Value {
    let mut scheme = json!({
        "LoTEVersionIdentifier": VERSION,
        "LoTESequenceNumber": list.sequence,
        "LoTEType": list.kind.uri(),
        "SchemeOperatorName": list.operator,
        "StatusDeterminationApproach": list.kind.status_determination(),
        "SchemeTypeCommunityRules": [LocalUri::english(list.kind.rules())],
        "ListIssueDateTime": list.issued_at.to_rfc3339(),
        "NextUpdate": list.next_update.to_rfc3339(),
    });
    if let Some(address) = &list.operator_address {
        scheme["SchemeOperatorAddress"] = self::address(address, "SchemeOperator");
    }
    if !list.name.is_empty() {
        scheme["SchemeName"] = json!(list.name);
    }
    if !list.information.is_empty() {
        scheme["SchemeInformationURI"] = json!(list.information);
    }
    if let Some(territory) = &list.territory {
        scheme["SchemeTerritory"] = territory.as_str().into();
    }
    if !list.policy.is_empty() {
        scheme["PolicyOrLegalNotice"] = list.policy.iter().map(|uri| json!({ "LoTEPolicy": uri })).collect();
    }
    scheme
}

fn entity(entity: &Entity, list: &TrustList) -> Value {
    let mut information = json!({
        "TEName": entity.name,
        "TEAddress": address(&entity.address, "TE"),
        "TEInformationURI": entity.information,
    });
    if !entity.trade_name.is_empty() {
        information["TETradeName"] = json!(entity.trade_name);
    }
    let services: Value = entity.services.iter().map(|service| self::service(service, list)).collect();
    json!({ "TrustedEntityInformation": information, "TrustedEntityServices": services })
}

fn service(service: &Service, list: &TrustList) -> Value {
    let certificate = |certificate: &Certificate| json!({ "val": base64url::encode_standard(certificate.der()) });
    let certificates: Value = service.certificates.iter().map(certificate).collect();
    let mut information = json!({
        "ServiceName": service.name,
        "ServiceTypeIdentifier": list.kind.service_uri(service.kind),
        "ServiceDigitalIdentity": { "X509Certificates": certificates },
    });
    if let Some(status) = &service.status {
        information["ServiceStatus"] = status.as_str().into();
    }
    json!({ "ServiceInformation": information })
}

fn address(address: &Address, prefix: &str) -> Value {
    let mut value = Map::new();
    value.insert(format!("{prefix}PostalAddress"), json!(address.postal));
    value.insert(format!("{prefix}ElectronicAddress"), json!(address.electronic));
    Value::Object(value)
}
