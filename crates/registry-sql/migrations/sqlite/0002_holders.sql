-- What a full card needs: the ID password, devices, keys kept for the holder, pairings with terminals, the certificates
-- that chips are believed by, and recovery codes. What hangs on a person goes with the person.

CREATE TABLE id_passwords (
    person  BLOB    NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    record  BLOB    NOT NULL,
    guard   TEXT    NOT NULL,
    set_at  INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE password_logins (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person     BLOB    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    state      TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT;
CREATE INDEX password_logins_person ON password_logins (person);
CREATE INDEX password_logins_expiry ON password_logins (expires_at);

CREATE TABLE devices (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person        BLOB    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    key_index     BLOB    NOT NULL UNIQUE CHECK (length(key_index) = 32),
    sealed        BLOB    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'retired')),
    registered_at INTEGER NOT NULL,
    retired_at    INTEGER,
    version       INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_person ON devices (person, id);
-- A person has one active device at most.
CREATE UNIQUE INDEX devices_active ON devices (person) WHERE state = 'active';

CREATE TABLE vault_keys (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person     BLOB    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    device     BLOB    NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    batch      BLOB    CHECK (length(batch) = 16),
    thumbprint BLOB    NOT NULL UNIQUE CHECK (length(thumbprint) = 32),
    wrapped    BLOB    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('fresh', 'bound', 'retired')),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX vault_keys_person ON vault_keys (person, id);
CREATE INDEX vault_keys_device ON vault_keys (device);

CREATE TABLE pairings (
    code_hash  BLOB    NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    journey    BLOB    REFERENCES journeys (id) ON DELETE CASCADE,
    terminal   TEXT,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'claimed', 'closed')),
    sealed     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT;
CREATE INDEX pairings_journey ON pairings (journey, code_hash);
CREATE INDEX pairings_expiry ON pairings (expires_at);

CREATE TABLE trusted_cscas (
    fingerprint BLOB    NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
    country     TEXT    NOT NULL CHECK (length(country) BETWEEN 2 AND 3),
    der         BLOB    NOT NULL,
    source      TEXT    NOT NULL,
    imported_at INTEGER NOT NULL,
    not_after   INTEGER NOT NULL
) STRICT;
CREATE INDEX trusted_cscas_country ON trusted_cscas (country, fingerprint);
CREATE INDEX trusted_cscas_source ON trusted_cscas (source);

-- Outlives the certificate it is from, hence no reference: one that returns finds what it had revoked.
CREATE TABLE csca_revocations (
    issuer_fingerprint BLOB    NOT NULL PRIMARY KEY CHECK (length(issuer_fingerprint) = 32),
    crl_der            BLOB    NOT NULL,
    this_update        INTEGER NOT NULL,
    next_update        INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    code_hash  BLOB    NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    person     BLOB    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    spent_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_codes_person ON recovery_codes (person);
