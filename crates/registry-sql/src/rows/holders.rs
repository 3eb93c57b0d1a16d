//! Rows of what a full card needs.

use mibun_registry::{
    BatchId, BlindIndex, CertificateRevocations, Device, DeviceId, DeviceState, Hash, IdPassword, JourneyId, LoginId,
    Pairing, PairingState, PasswordLogin, PersonId, RecoveryCode, StoreError, TrustedCsca, VaultKey, VaultKeyId,
    VaultKeyState,
};

use crate::columns::Columns;

pub(crate) fn id_password(row: &impl Columns) -> Result<IdPassword, StoreError> {
    Ok(IdPassword {
        person: PersonId::from_bytes(row.array("person")?),
        record: row.sealed("record")?,
        guard: row.text("guard")?,
        set_at: row.time("set_at")?,
        version: row.version()?,
    })
}

pub(crate) fn password_login(row: &impl Columns) -> Result<PasswordLogin, StoreError> {
    Ok(PasswordLogin {
        id: LoginId::from_bytes(row.array("id")?),
        person: PersonId::from_bytes(row.array("person")?),
        state: row.text("state")?,
        sealed: row.sealed("sealed")?,
        expires_at: row.time("expires_at")?,
        version: row.version()?,
    })
}

pub(crate) fn device(row: &impl Columns) -> Result<Device, StoreError> {
    Ok(Device {
        id: DeviceId::from_bytes(row.array("id")?),
        person: PersonId::from_bytes(row.array("person")?),
        key_index: BlindIndex::new(row.array("key_index")?),
        sealed: row.sealed("sealed")?,
        state: DeviceState::from_text(&row.text("state")?).ok_or(StoreError::Corrupt("state"))?,
        registered_at: row.time("registered_at")?,
        retired_at: row.maybe_time("retired_at")?,
        version: row.version()?,
    })
}

pub(crate) fn vault_key(row: &impl Columns) -> Result<VaultKey, StoreError> {
    Ok(VaultKey {
        id: VaultKeyId::from_bytes(row.array("id")?),
        person: PersonId::from_bytes(row.array("person")?),
        device: DeviceId::from_bytes(row.array("device")?),
        batch: row.maybe_array("batch")?.map(BatchId::from_bytes),
        thumbprint: Hash::new(row.array("thumbprint")?),
        wrapped: row.sealed("wrapped")?,
        state: VaultKeyState::from_text(&row.text("state")?).ok_or(StoreError::Corrupt("state"))?,
        created_at: row.time("created_at")?,
    })
}

pub(crate) fn pairing(row: &impl Columns) -> Result<Pairing, StoreError> {
    Ok(Pairing {
        code_hash: Hash::new(row.array("code_hash")?),
        journey: row.maybe_array("journey")?.map(JourneyId::from_bytes),
        terminal: row.maybe_text("terminal")?,
        state: PairingState::from_text(&row.text("state")?).ok_or(StoreError::Corrupt("state"))?,
        sealed: row.sealed("sealed")?,
        expires_at: row.time("expires_at")?,
        version: row.version()?,
    })
}

pub(crate) fn csca(row: &impl Columns) -> Result<TrustedCsca, StoreError> {
    Ok(TrustedCsca {
        fingerprint: Hash::new(row.array("fingerprint")?),
        country: row.text("country")?,
        der: row.bytes("der")?,
        source: row.text("source")?,
        imported_at: row.time("imported_at")?,
        not_after: row.time("not_after")?,
    })
}

/// A row of the columns `source` and `count`.
pub(crate) fn source_count(row: &impl Columns) -> Result<(String, u64), StoreError> {
    Ok((row.text("source")?, row.number("count")?))
}

pub(crate) fn revocations(row: &impl Columns) -> Result<CertificateRevocations, StoreError> {
    Ok(CertificateRevocations {
        issuer_fingerprint: Hash::new(row.array("issuer_fingerprint")?),
        crl_der: row.bytes("crl_der")?,
        this_update: row.time("this_update")?,
        next_update: row.time("next_update")?,
    })
}

pub(crate) fn recovery_code(row: &impl Columns) -> Result<RecoveryCode, StoreError> {
    Ok(RecoveryCode {
        code_hash: Hash::new(row.array("code_hash")?),
        person: PersonId::from_bytes(row.array("person")?),
        created_at: row.time("created_at")?,
        spent_at: row.maybe_time("spent_at")?,
    })
}
