//! Is a genuine card enough for the scene, and which of its claims does the scene get?

use mibun_card::assurance::{Assurance, Level, Method};
use mibun_card::kb_jwt::PASSWORD_METHOD;
use mibun_card::path::ClaimPath;
use mibun_crypto::time::Timestamp;
use mibun_trust::scene::{FieldPath, Presence};
use mibun_trust::{RequiredLevel, Scene};
use serde_json::{Map, Value};

use crate::SKEW_SECONDS;
use crate::refusal::Refusal;
use crate::verdict::Field;

/// The level the card states.
pub(crate) fn level(claims: &Map<String, Value>) -> Result<Level, Refusal> {
    let stated = claims.get(LEVEL).and_then(Value::as_str).ok_or(Refusal::MissingLevel)?;
    Level::parse(stated).map_err(|_| Refusal::MissingLevel)
}

/// Whether level and evidence are enough for the scene.
pub(crate) fn strong_enough(
    level: Level,
    claims: &Map<String, Value>,
    scene: &Scene,
    now: Timestamp,
) -> Result<(), Refusal> {
    let enough = match scene.minimum_level {
        RequiredLevel::Light => true,
        RequiredLevel::Full => level == Level::Full,
    };
    if !enough {
        return Err(Refusal::LevelTooLow);
    }
    // Evidence is written down to the day.
    let earliest = |days: u32| now.plus_days(-i64::from(days)).floor_to_day();
    if let Some(days) = scene.maximum_evidence_age_days {
        recent_enough(claims, earliest(days), now)?;
    }
    for (days, counts, refusal) in [
        (scene.maximum_chip_age_days, is_chip as fn(&Method) -> bool, Refusal::ChipTooOld),
        (scene.maximum_face_age_days, is_face, Refusal::FaceTooOld),
    ] {
        if days.is_some_and(|days| !has_newer(claims, counts, earliest(days), now)) {
            return Err(refusal);
        }
    }
    Ok(())
}

const fn is_chip(method: &Method) -> bool {
    matches!(method, Method::DocumentChip(_))
}

/// A live face is compared with the portrait in a chip, too.
const fn is_face(method: &Method) -> bool {
    matches!(method, Method::LiveFace { .. } | Method::OfficerFace | Method::DocumentChip(_))
}

/// Whether there is evidence that counts, and is neither older than `earliest` nor of the future.
fn has_newer(claims: &Map<String, Value>, counts: fn(&Method) -> bool, earliest: Timestamp, now: Timestamp) -> bool {
    let latest = now.plus_seconds(SKEW_SECONDS);
    let Ok(assurance) = Assurance::from_claims(claims) else { return false };
    assurance.evidence.iter().any(|one| counts(&one.method) && (earliest..=latest).contains(&one.at))
}

/// The newest evidence counts; evidence of the future does not.
fn recent_enough(claims: &Map<String, Value>, earliest: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let evidence = claims.get(EVIDENCE).and_then(Value::as_array).ok_or(Refusal::EvidenceTooOld)?;
    let time =
        |item: &Value| item.get("time").and_then(Value::as_str).and_then(|text| Timestamp::parse_rfc3339(text).ok());
    let latest = now.plus_seconds(SKEW_SECONDS);
    let newest = evidence.iter().filter_map(time).filter(|time| *time <= latest).max();
    if newest.is_some_and(|time| time >= earliest) { Ok(()) } else { Err(Refusal::EvidenceTooOld) }
}

/// The key of a full card lies with the authority, which writes into what it signs by what it recognised the holder: that
/// is the proof that a scene with `password` demands. A light card's holder signs alone and could write anything. No proof
/// of a fresh face travels with a presentation yet.
pub(crate) fn presence(scene: &Scene, level: Level, methods: &[String]) -> Result<(), Refusal> {
    let password = level == Level::Full && methods.iter().any(|method| method == PASSWORD_METHOD);
    match scene.presence {
        Presence::None => Ok(()),
        Presence::Password if password => Ok(()),
        Presence::Face | Presence::Password => Err(Refusal::MissingPresence),
    }
}

/// The fields of the scene that were shown, in the order of the scene; nothing else leaves the card.
pub(crate) fn fields(claims: &Map<String, Value>, scene: &Scene) -> Result<Vec<Field>, Refusal> {
    let claims = Value::Object(claims.clone());
    let mut fields = Vec::new();
    for field in &scene.fields {
        let names: Vec<&str> = field.path.iter().map(String::as_str).collect();
        let found = ClaimPath::of_names(&names).resolve(&claims).ok().and_then(|found| found.first().copied());
        let found = found.filter(|value| !is_hollow(value));
        match found {
            Some(value) => fields.push(Field {
                path: field.path.clone(),
                label: field.label.clone(),
                keep: field.keep,
                value: value.clone(),
            }),
            None if field.required => return Err(Refusal::MissingFields),
            None => {}
        }
    }
    Ok(fields)
}

/// A claim of which only the shell was shown: an array without elements, an object without members, empty text.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Claims that were shown though neither the scene nor its level asks for them.
pub(crate) fn over_disclosed(claims: &Map<String, Value>, scene: &Scene) -> Vec<FieldPath> {
    let asked = |path: &[String]| scene.field(path).is_some();
    let mut surplus = Vec::new();
    for (name, value) in claims.iter().filter(|(name, _)| !is_always_there(name, scene)) {
        let path = vec![name.clone()];
        match value {
            _ if asked(&path) => {}
            Value::Object(members) => {
                let inner = members.keys().map(|member| vec![name.clone(), member.clone()]);
                surplus.extend(inner.filter(|path| !asked(path)));
            }
            _ => surplus.push(path),
        }
    }
    surplus
}

fn is_always_there(name: &str, scene: &Scene) -> bool {
    NEVER_WITHHELD.contains(&name) || name == LEVEL || (name == EVIDENCE && scene.reads_evidence())
}

const LEVEL: &str = "assurance_level";
const EVIDENCE: &str = "evidence";
/// What a card may not hide (SD-JWT VC section 2.2.2.2), and what the issuer leaves in the open.
const NEVER_WITHHELD: [&str; 11] =
    ["iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "aka_vcts", "sub", "jti"];
