//! Rows to try things with. Every number gives other identifiers, indexes and digests.

use mibun_crypto::time::Timestamp;

use crate::{
    Batch, BatchId, BlindIndex, Card, CardId, CardStatus, CertificateRevocations, Check, CheckId, Device, DeviceId,
    DeviceState, Grant, GrantId, Hash, IdPassword, Journey, JourneyId, Lease, ListId, LoginId, Officer, OfficerId,
    Organisation, OrganisationId, Pairing, PairingState, PasswordLogin, Person, PersonId, PersonStatus, Sealed,
    StatusList, TrustedCsca, VaultKey, VaultKeyId, VaultKeyState, Version, Window, WindowId,
};

pub(super) const NOW: Timestamp = Timestamp(1_800_000_000);

pub(super) fn later(seconds: i64) -> Timestamp {
    Timestamp(NOW.0 + seconds)
}

pub(super) fn sealed(text: &str) -> Sealed {
    Sealed::new(text.as_bytes().to_vec())
}

pub(super) const fn index(number: u8) -> BlindIndex {
    BlindIndex::new([number; 32])
}

pub(super) const fn hash(number: u8) -> Hash {
    Hash::new([number; 32])
}

pub(super) fn person(number: u8) -> Person {
    Person {
        id: PersonId::from_bytes([number; 16]),
        number_index: index(number),
        name_indexes: vec![BlindIndex::new([200; 32]), BlindIndex::new([number ^ 0x80; 32])],
        wrapped_key: sealed("key"),
        record: sealed("record"),
        status: PersonStatus::Active,
        valid_until: Some(later(86_400)),
        created_at: NOW,
        version: Version::FIRST,
    }
}

pub(super) fn journey(number: u8) -> Journey {
    Journey {
        id: JourneyId::from_bytes([number; 16]),
        token_hash: hash(number),
        state: "open".into(),
        sealed: sealed("state"),
        person: Some(PersonId::from_bytes([1; 16])),
        source: index(7),
        created_at: NOW,
        expires_at: later(600),
        version: Version::FIRST,
    }
}

pub(super) fn grant(number: u8) -> Grant {
    Grant {
        id: GrantId::from_bytes([number; 16]),
        code_hash: hash(number),
        reference_hash: Some(hash(100 + number)),
        token_hash: None,
        state: "offered".into(),
        sealed: sealed("offer"),
        person: PersonId::from_bytes([1; 16]),
        journey: Some(JourneyId::from_bytes([1; 16])),
        wrong_tries: 0,
        created_at: NOW,
        expires_at: later(300),
        version: Version::FIRST,
    }
}

pub(super) fn card(number: u8) -> Card {
    Card {
        id: CardId::from_bytes([number; 16]),
        person: PersonId::from_bytes([1; 16]),
        level: "light".into(),
        status: CardStatus::Valid,
        issued_at: NOW,
        expires_at: later(2_592_000),
        version: Version::FIRST,
    }
}

pub(super) fn batch(number: u8, card: u8) -> Batch {
    Batch {
        id: BatchId::from_bytes([number; 16]),
        card: CardId::from_bytes([card; 16]),
        entries: Lease { list: ListId(1), first: u32::from(number) * 10, count: 10 },
        request: hash(number),
        response: None,
        created_at: NOW,
    }
}

pub(super) fn list(number: u32, size: u32) -> StatusList {
    StatusList {
        id: ListId(number),
        bits: 2,
        size,
        key: sealed("permutation"),
        next_free: 0,
        closed: false,
        epoch: 1,
        changes: 0,
    }
}

pub(super) fn check(number: u8) -> Check {
    Check {
        id: CheckId::from_bytes([number; 16]),
        organisation: OrganisationId::from_bytes([1; 16]),
        window: Some(WindowId::from_bytes([1; 16])),
        scene: "hotel-checkin-jp".into(),
        state: "waiting".into(),
        wrapped_key: sealed("key"),
        sealed: sealed("transaction"),
        session_hash: Some(hash(100)),
        response_code_hash: Some(hash(101)),
        created_at: NOW,
        expires_at: later(300),
        retain_until: None,
        version: Version::FIRST,
    }
}

pub(super) fn organisation(number: u8) -> Organisation {
    Organisation {
        id: OrganisationId::from_bytes([number; 16]),
        name: format!("Hotel {number}"),
        details: b"{}".to_vec(),
        enabled: true,
        created_at: NOW,
        version: Version::FIRST,
    }
}

pub(super) fn window(number: u8, organisation: u8) -> Window {
    Window {
        id: WindowId::from_bytes([number; 16]),
        organisation: OrganisationId::from_bytes([organisation; 16]),
        name: "front desk".into(),
        secret_hash: "$argon2id$".into(),
        scenes: vec!["hotel-checkin-jp".into(), "parcel-drop-off".into()],
        enabled: true,
        version: Version::FIRST,
    }
}

pub(super) fn officer(number: u8) -> Officer {
    Officer {
        id: OfficerId::from_bytes([number; 16]),
        name_index: index(number),
        name: sealed("name"),
        password_hash: "$argon2id$".into(),
        totp_secret: sealed("secret"),
        last_totp_step: None,
        disabled: false,
        failed_tries: 0,
        locked_until: None,
        created_at: NOW,
        version: Version::FIRST,
    }
}

// What a full card needs belongs to person 1 and device 1 unless the caller says otherwise.

pub(super) fn id_password(person: u8) -> IdPassword {
    IdPassword {
        person: PersonId::from_bytes([person; 16]),
        record: sealed("registration record"),
        guard: r#"{"wrong":0}"#.into(),
        set_at: NOW,
        version: Version::FIRST,
    }
}

pub(super) fn password_login(number: u8) -> PasswordLogin {
    PasswordLogin {
        id: LoginId::from_bytes([number; 16]),
        person: PersonId::from_bytes([1; 16]),
        state: "pending".into(),
        sealed: sealed("server state"),
        expires_at: later(60),
        version: Version::FIRST,
    }
}

pub(super) fn device(number: u8) -> Device {
    Device {
        id: DeviceId::from_bytes([number; 16]),
        person: PersonId::from_bytes([1; 16]),
        key_index: index(number),
        sealed: sealed("public key"),
        state: DeviceState::Active,
        registered_at: NOW,
        retired_at: None,
        version: Version::FIRST,
    }
}

pub(super) fn vault_key(number: u8) -> VaultKey {
    VaultKey {
        id: VaultKeyId::from_bytes([number; 16]),
        person: PersonId::from_bytes([1; 16]),
        device: DeviceId::from_bytes([1; 16]),
        batch: None,
        thumbprint: hash(number),
        wrapped: sealed("private key"),
        state: VaultKeyState::Fresh,
        created_at: NOW,
    }
}

pub(super) fn pairing(number: u8) -> Pairing {
    Pairing {
        code_hash: hash(number),
        journey: None,
        terminal: Some("terminal 7".into()),
        state: PairingState::Waiting,
        sealed: sealed("channel"),
        expires_at: later(60),
        version: Version::FIRST,
    }
}

pub(super) fn csca(number: u8, country: &str) -> TrustedCsca {
    TrustedCsca {
        fingerprint: hash(number),
        country: country.into(),
        der: vec![0x30, number],
        source: "master list".into(),
        imported_at: NOW,
        not_after: later(86_400),
    }
}

pub(super) fn revocations(issuer: u8, made: i64) -> CertificateRevocations {
    CertificateRevocations {
        issuer_fingerprint: hash(issuer),
        crl_der: made.to_be_bytes().to_vec(),
        this_update: later(made),
        next_update: later(made + 7_776_000),
    }
}
