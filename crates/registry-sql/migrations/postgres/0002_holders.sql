-- What a full card needs: the ID password, devices, keys kept for the holder, pairings with terminals, the certificates
-- that chips are believed by, and recovery codes. What hangs on a person goes with the person.

CREATE TABLE id_passwords (
    person  BYTEA  NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    record  BYTEA  NOT NULL,
    guard   TEXT   NOT NULL,
    set_at  BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE password_logins (
    id         BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person     BYTEA  NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    state      TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX password_logins_person ON password_logins (person);
CREATE INDEX password_logins_expiry ON password_logins (expires_at);

CREATE TABLE devices (
    id            BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person        BYTEA  NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    key_index     BYTEA  NOT NULL UNIQUE CHECK (length(key_index) = 32),
    sealed        BYTEA  NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('active', 'retired')),
    registered_at BIGINT NOT NULL,
    retired_at    BIGINT,
    version       BIGINT NOT NULL
);
CREATE INDEX devices_person ON devices (person, id);
-- A person has one active device at most.
CREATE UNIQUE INDEX devices_active ON devices (person) WHERE state = 'active';

CREATE TABLE vault_keys (
    id         BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person     BYTEA  NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    device     BYTEA  NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    batch      BYTEA  CHECK (length(batch) = 16),
    thumbprint BYTEA  NOT NULL UNIQUE CHECK (length(thumbprint) = 32),
    wrapped    BYTEA  NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('fresh', 'bound', 'retired')),
    created_at BIGINT NOT NULL
);
CREATE INDEX vault_keys_person ON vault_keys (person, id);
CREATE INDEX vault_keys_device ON vault_keys (device);

CREATE TABLE pairings (
    code_hash  BYTEA  NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    journey    BYTEA  REFERENCES journeys (id) ON DELETE CASCADE,
    terminal   TEXT,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'claimed', 'closed')),
    sealed     BYTEA  NOT NULL,
    expires_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX pairings_journey ON pairings (journey, code_hash);
CREATE INDEX pairings_expiry ON pairings (expires_at);

CREATE TABLE trusted_cscas (
    fingerprint BYTEA  NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32),
    country     TEXT   NOT NULL CHECK (length(country) BETWEEN 2 AND 3),
    der         BYTEA  NOT NULL,
    source      TEXT   NOT NULL,
    imported_at BIGINT NOT NULL,
    not_after   BIGINT NOT NULL
);
CREATE INDEX trusted_cscas_country ON trusted_cscas (country, fingerprint);
CREATE INDEX trusted_cscas_source ON trusted_cscas (source);

-- Outlives the certificate it is from, hence no reference: one that returns finds what it had revoked.
CREATE TABLE csca_revocations (
    issuer_fingerprint BYTEA  NOT NULL PRIMARY KEY CHECK (length(issuer_fingerprint) = 32),
    crl_der            BYTEA  NOT NULL,
    this_update        BIGINT NOT NULL,
    next_update        BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    code_hash  BYTEA  NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    person     BYTEA  NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    spent_at   BIGINT
);
CREATE INDEX recovery_codes_person ON recovery_codes (person);
