//! The members of a list (ETSI TS 119 602 clause 6, in the names of its JSON schema).

use mibun_crypto::base64url;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Address, Entity, ListError, ListKind, Service, TrustList, VERSION};
use crate::localised::{self, LocalText, LocalUri};
use crate::signed::Claims;

/// Most providers of a list, most services of a provider, most certificates of a service.
const MOST: [usize; 3] = [2000, 64, 64];

type Members = Map<String, Value>;

/// The list that a payload spells. Nothing of it is verified, and no time is compared with now; for that there is
/// [`super::verify`].
///
/// # Errors
/// [`ListError`] for what can never be a list.
pub fn read(payload: &Value) -> Result<TrustList, ListError> {
    let members = payload.as_object().ok_or(ListError::Member("payload"))?;
    self::members(&Claims::new(members.clone()))
}

pub(super) fn members(claims: &Claims) -> Result<TrustList, ListError> {
    let list = claims.get("LoTE").and_then(Value::as_object).ok_or(ListError::Member("LoTE"))?;
    let scheme = object(list, "ListAndSchemeInformation")?;
    if scheme.get("LoTEVersionIdentifier").and_then(Value::as_u64) != Some(VERSION) {
        return Err(ListError::Version);
    }
    let kind = ListKind::from_uri(text(scheme, "LoTEType")?).ok_or(ListError::OtherKind)?;
    no_critical_extension(scheme, "SchemeExtensions")?;
    let sequence = scheme.get("LoTESequenceNumber").and_then(Value::as_u64).filter(|number| *number > 0);
    let list = TrustList {
        kind,
        sequence: sequence.ok_or(ListError::Member("LoTESequenceNumber"))?,
        operator: names(scheme, "SchemeOperatorName")?,
        operator_address: scheme
            .get("SchemeOperatorAddress")
            .map(|value| address(value, "SchemeOperatorAddress", "SchemeOperator"))
            .transpose()?,
        name: if scheme.contains_key("SchemeName") { names(scheme, "SchemeName")? } else { Vec::new() },
        information: optional(scheme, "SchemeInformationURI")?.unwrap_or_default(),
        territory: optional(scheme, "SchemeTerritory")?,
        policy: policy(scheme)?,
        issued_at: time(scheme, "ListIssueDateTime")?,
        next_update: time(scheme, "NextUpdate")?,
        entities: entities(list, kind)?,
    };
    list.check_span()?;
    Ok(list)
}

/// A list without providers has no such member, for its schema knows no empty one.
fn entities(list: &Members, kind: ListKind) -> Result<Vec<Entity>, ListError> {
    const NAME: &str = "TrustedEntitiesList";
    if !list.contains_key(NAME) {
        return Ok(Vec::new());
    }
    array(list, NAME, MOST[0])?.iter().enumerate().map(|(at, entity)| self::entity(entity, kind, at)).collect()
}

fn entity(value: &Value, kind: ListKind, at: usize) -> Result<Entity, ListError> {
    let members = value.as_object().ok_or(ListError::Member("TrustedEntitiesList"))?;
    let information = object(members, "TrustedEntityInformation")?;
    no_critical_extension(information, "TEInformationExtensions")?;
    let trade_name = "TETradeName";
    let services = array(members, "TrustedEntityServices", MOST[1])?.iter().enumerate();
    Ok(Entity {
        name: names(information, "TEName")?,
        trade_name: if information.contains_key(trade_name) { names(information, trade_name)? } else { Vec::new() },
        address: address(information.get("TEAddress").ok_or(ListError::Member("TEAddress"))?, "TEAddress", "TE")?,
        information: uris(information, "TEInformationURI")?,
        services: services
            .map(|(service, value)| self::service(value, kind, (at, service)))
            .collect::<Result<_, _>>()?,
    })
}

fn service(value: &Value, kind: ListKind, (entity, service): (usize, usize)) -> Result<Service, ListError> {
    let members = value.as_object().ok_or(ListError::Member("TrustedEntityServices"))?;
    let information = object(members, "ServiceInformation")?;
    no_critical_extension(information, "ServiceInformationExtensions")?;
    let uri = text(information, "ServiceTypeIdentifier")?;
    let status: Option<String> = optional(information, "ServiceStatus")?;
    Ok(Service {
        name: names(information, "ServiceName")?,
        kind: kind.service_from_uri(uri).ok_or(ListError::ForeignService { entity, service })?,
        status,
        certificates: certificates(information).ok_or(ListError::Certificate { entity, service })?,
    })
}

fn certificates(information: &Members) -> Option<Vec<Certificate>> {
    let listed = information.get("ServiceDigitalIdentity")?.get("X509Certificates")?.as_array()?;
    let listed = Some(listed).filter(|listed| !listed.is_empty() && listed.len() <= MOST[2])?;
    let one = |value: &Value| {
        let der = base64url::decode_standard(value.get("val")?.as_str()?).ok()?;
        Certificate::from_der(&der).ok()
    };
    listed.iter().map(one).collect()
}

/// `prefix` tells the names of the operator's address from those of a provider's.
fn address(value: &Value, name: &'static str, prefix: &str) -> Result<Address, ListError> {
    let list = |suffix: &str| value.get(format!("{prefix}{suffix}")).cloned().unwrap_or_default();
    let postal = serde_json::from_value(list("PostalAddress")).map_err(|_| ListError::Member(name))?;
    let electronic = serde_json::from_value(list("ElectronicAddress")).map_err(|_| ListError::Member(name))?;
    let address = Address { postal, electronic };
    let empty = address.postal.is_empty() || address.electronic.is_empty();
    if empty { Err(ListError::Member(name)) } else { Ok(address) }
}

fn policy(scheme: &Members) -> Result<Vec<LocalUri>, ListError> {
    let Some(policies) = scheme.get("PolicyOrLegalNotice") else { return Ok(Vec::new()) };
    let policies = policies.as_array().ok_or(ListError::Member("PolicyOrLegalNotice"))?;
    // A legal notice is text for lawyers; only addresses are kept.
    let addresses = policies.iter().filter_map(|policy| policy.get("LoTEPolicy"));
    addresses.map(|address| typed(address, "PolicyOrLegalNotice")).collect()
}

/// Extensions have no agreed form but the mark of the ones that must be understood; none is.
fn no_critical_extension(members: &Members, name: &'static str) -> Result<(), ListError> {
    let Some(extensions) = members.get(name) else { return Ok(()) };
    let extensions = extensions.as_array().ok_or(ListError::Member(name))?;
    let marked = |extension: &Value| {
        let mark = ["Critical", "critical"].into_iter().find_map(|mark| extension.get(mark));
        mark.is_some_and(|mark| *mark != Value::Bool(false))
    };
    if extensions.iter().any(marked) { Err(ListError::CriticalExtension) } else { Ok(()) }
}

fn names(members: &Members, name: &'static str) -> Result<Vec<LocalText>, ListError> {
    let texts: Vec<LocalText> = required(members, name)?;
    if localised::all_may_be_shown(&texts) { Ok(texts) } else { Err(ListError::Member(name)) }
}

fn uris(members: &Members, name: &'static str) -> Result<Vec<LocalUri>, ListError> {
    let uris: Vec<LocalUri> = required(members, name)?;
    if uris.is_empty() { Err(ListError::Member(name)) } else { Ok(uris) }
}

fn object<'a>(members: &'a Members, name: &'static str) -> Result<&'a Members, ListError> {
    members.get(name).and_then(Value::as_object).ok_or(ListError::Member(name))
}

fn array<'a>(members: &'a Members, name: &'static str, most: usize) -> Result<&'a [Value], ListError> {
    let array = members.get(name).and_then(Value::as_array).ok_or(ListError::Member(name))?;
    if array.is_empty() || array.len() > most { Err(ListError::Member(name)) } else { Ok(array) }
}

fn text<'a>(members: &'a Members, name: &'static str) -> Result<&'a str, ListError> {
    members.get(name).and_then(Value::as_str).ok_or(ListError::Member(name))
}

fn time(members: &Members, name: &'static str) -> Result<Timestamp, ListError> {
    Timestamp::parse_rfc3339(text(members, name)?).map_err(|_| ListError::Member(name))
}

fn required<T: DeserializeOwned>(members: &Members, name: &'static str) -> Result<T, ListError> {
    typed(members.get(name).ok_or(ListError::Member(name))?, name)
}

fn optional<T: DeserializeOwned>(members: &Members, name: &'static str) -> Result<Option<T>, ListError> {
    members.get(name).map(|value| typed(value, name)).transpose()
}

fn typed<T: DeserializeOwned>(value: &Value, name: &'static str) -> Result<T, ListError> {
    T::deserialize(value).map_err(|_| ListError::Member(name))
}
