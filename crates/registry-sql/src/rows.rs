//! Rows of either database, as the values of the registry.

use mibun_registry::{
    AuditDraft, AuditEntry, Batch, BatchId, BlindIndex, Card, CardId, CardStatus, Check, CheckId, DecisionRecord,
    EntryStatus, Grant, GrantId, Hash, Journey, JourneyId, Lease, ListId, Officer, OfficerId, Organisation,
    OrganisationId, Person, PersonId, PersonStatus, PushedRequest, Sealed, Session, Setting, StatusList, StoreError,
    SubjectKind, Window, WindowId,
};

use crate::columns::Columns;

mod holders;

pub(crate) use holders::{
    csca, device, id_password, pairing, password_login, recovery_code, revocations, source_count, vault_key,
};

pub(crate) fn person(row: &impl Columns) -> Result<Person, StoreError> {
    Ok(Person {
        id: PersonId::from_bytes(row.array("id")?),
        number_index: BlindIndex::new(row.array("number_index")?),
        name_indexes: split_indexes(&row.bytes("name_indexes")?)?,
        wrapped_key: row.sealed("wrapped_key")?,
        record: row.sealed("record")?,
        status: PersonStatus::from_text(&row.text("status")?).ok_or(StoreError::Corrupt("status"))?,
        valid_until: row.maybe_time("valid_until")?,
        created_at: row.time("created_at")?,
        version: row.version()?,
    })
}

/// Blind indexes one behind the other, as `people.name_indexes` holds them.
pub(crate) fn joined_indexes(indexes: &[BlindIndex]) -> Vec<u8> {
    indexes.iter().flat_map(|index| *index.as_bytes()).collect()
}

fn split_indexes(joined: &[u8]) -> Result<Vec<BlindIndex>, StoreError> {
    let (indexes, rest) = joined.as_chunks();
    if !rest.is_empty() {
        return Err(StoreError::Corrupt("name_indexes"));
    }
    Ok(indexes.iter().copied().map(BlindIndex::new).collect())
}

pub(crate) fn journey(row: &impl Columns) -> Result<Journey, StoreError> {
    Ok(Journey {
        id: JourneyId::from_bytes(row.array("id")?),
        token_hash: Hash::new(row.array("token_hash")?),
        state: row.text("state")?,
        sealed: row.sealed("sealed")?,
        person: row.maybe_array("person")?.map(PersonId::from_bytes),
        source: BlindIndex::new(row.array("source")?),
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        version: row.version()?,
    })
}

pub(crate) fn decision(row: &impl Columns) -> Result<DecisionRecord, StoreError> {
    Ok(DecisionRecord {
        journey: JourneyId::from_bytes(row.array("journey")?),
        person: row.maybe_array("person")?.map(PersonId::from_bytes),
        at: row.time("at")?,
        sealed: row.sealed("sealed")?,
    })
}

/// A row with the one column `sealed`: a portrait or an image.
pub(crate) fn image(row: &impl Columns) -> Result<Sealed, StoreError> {
    row.sealed("sealed")
}

pub(crate) fn grant(row: &impl Columns) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: GrantId::from_bytes(row.array("id")?),
        code_hash: Hash::new(row.array("code_hash")?),
        reference_hash: row.maybe_array("reference_hash")?.map(Hash::new),
        token_hash: row.maybe_array("token_hash")?.map(Hash::new),
        state: row.text("state")?,
        sealed: row.sealed("sealed")?,
        person: PersonId::from_bytes(row.array("person")?),
        journey: row.maybe_array("journey")?.map(JourneyId::from_bytes),
        wrong_tries: row.number("wrong_tries")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        version: row.version()?,
    })
}

pub(crate) fn pushed_request(row: &impl Columns) -> Result<PushedRequest, StoreError> {
    Ok(PushedRequest {
        request_hash: Hash::new(row.array("request_hash")?),
        sealed: row.sealed("sealed")?,
        expires_at: row.time("expires_at")?,
    })
}

pub(crate) fn card(row: &impl Columns) -> Result<Card, StoreError> {
    Ok(Card {
        id: CardId::from_bytes(row.array("id")?),
        person: PersonId::from_bytes(row.array("person")?),
        level: row.text("level")?,
        status: CardStatus::from_text(&row.text("status")?).ok_or(StoreError::Corrupt("status"))?,
        issued_at: row.time("issued_at")?,
        expires_at: row.time("expires_at")?,
        version: row.version()?,
    })
}

pub(crate) fn batch(row: &impl Columns) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: BatchId::from_bytes(row.array("id")?),
        card: CardId::from_bytes(row.array("card")?),
        entries: lease(row)?,
        request: Hash::new(row.array("request")?),
        response: row.maybe_bytes("response")?.map(Sealed::new),
        created_at: row.time("created_at")?,
    })
}

pub(crate) fn lease(row: &impl Columns) -> Result<Lease, StoreError> {
    Ok(Lease { list: ListId(row.number("list")?), first: row.number("first")?, count: row.number("count")? })
}

pub(crate) fn status_list(row: &impl Columns) -> Result<StatusList, StoreError> {
    Ok(StatusList {
        id: ListId(row.number("id")?),
        bits: row.number("bits")?,
        size: row.number("size")?,
        key: row.sealed("key")?,
        next_free: row.number("next_free")?,
        closed: row.flag("closed")?,
        epoch: row.number("epoch")?,
        changes: row.number("changes")?,
    })
}

pub(crate) fn entry(row: &impl Columns) -> Result<(u32, EntryStatus), StoreError> {
    let status = EntryStatus::from_text(&row.text("status")?).ok_or(StoreError::Corrupt("status"))?;
    Ok((row.number("position")?, status))
}

pub(crate) fn check(row: &impl Columns) -> Result<Check, StoreError> {
    Ok(Check {
        id: CheckId::from_bytes(row.array("id")?),
        organisation: OrganisationId::from_bytes(row.array("organisation")?),
        window: row.maybe_array("window")?.map(WindowId::from_bytes),
        scene: row.text("scene")?,
        state: row.text("state")?,
        wrapped_key: row.sealed("wrapped_key")?,
        sealed: row.sealed("sealed")?,
        session_hash: row.maybe_array("session_hash")?.map(Hash::new),
        response_code_hash: row.maybe_array("response_code_hash")?.map(Hash::new),
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        retain_until: row.maybe_time("retain_until")?,
        version: row.version()?,
    })
}

pub(crate) fn organisation(row: &impl Columns) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: OrganisationId::from_bytes(row.array("id")?),
        name: row.text("name")?,
        details: row.bytes("details")?,
        enabled: row.flag("enabled")?,
        created_at: row.time("created_at")?,
        version: row.version()?,
    })
}

pub(crate) fn window(row: &impl Columns) -> Result<Window, StoreError> {
    Ok(Window {
        id: WindowId::from_bytes(row.array("id")?),
        organisation: OrganisationId::from_bytes(row.array("organisation")?),
        name: row.text("name")?,
        secret_hash: row.text("secret_hash")?,
        scenes: row.text("scenes")?.split_whitespace().map(str::to_owned).collect(),
        enabled: row.flag("enabled")?,
        version: row.version()?,
    })
}

pub(crate) fn officer(row: &impl Columns) -> Result<Officer, StoreError> {
    Ok(Officer {
        id: OfficerId::from_bytes(row.array("id")?),
        name_index: BlindIndex::new(row.array("name_index")?),
        name: row.sealed("name")?,
        password_hash: row.text("password_hash")?,
        totp_secret: row.sealed("totp_secret")?,
        last_totp_step: row.maybe_integer("last_totp_step")?,
        disabled: row.flag("disabled")?,
        failed_tries: row.number("failed_tries")?,
        locked_until: row.maybe_time("locked_until")?,
        created_at: row.time("created_at")?,
        version: row.version()?,
    })
}

pub(crate) fn session(row: &impl Columns) -> Result<Session, StoreError> {
    Ok(Session {
        token_hash: Hash::new(row.array("token_hash")?),
        kind: SubjectKind::from_text(&row.text("kind")?).ok_or(StoreError::Corrupt("kind"))?,
        subject: row.array("subject")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

pub(crate) fn audit_draft(row: &impl Columns) -> Result<AuditDraft, StoreError> {
    Ok(AuditDraft {
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.maybe_bytes("detail")?.map(Sealed::new),
    })
}

pub(crate) fn audit_entry(row: &impl Columns) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        seq: row.number("seq")?,
        previous: Hash::new(row.array("previous")?),
        hash: Hash::new(row.array("hash")?),
        draft: audit_draft(row)?,
    })
}

pub(crate) fn setting(row: &impl Columns) -> Result<Setting, StoreError> {
    Ok(Setting { name: row.text("name")?, value: row.bytes("value")?, version: row.version()? })
}
