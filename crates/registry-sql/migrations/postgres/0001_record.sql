-- Every column that could name a person holds sealed bytes or a keyed index; times are seconds since 1970 (UTC).

CREATE TABLE people (
    id           BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number_index BYTEA  NOT NULL UNIQUE CHECK (length(number_index) = 32),
    name_indexes BYTEA  NOT NULL CHECK (length(name_indexes) % 32 = 0),
    wrapped_key  BYTEA  NOT NULL,
    record       BYTEA  NOT NULL,
    status       TEXT   NOT NULL,
    valid_until  BIGINT,
    created_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL
);

-- people.name_indexes once more, one row each, to search by.
CREATE TABLE people_names (
    name_index BYTEA NOT NULL CHECK (length(name_index) = 32),
    person     BYTEA NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (name_index, person)
);
CREATE INDEX people_names_person ON people_names (person);

CREATE TABLE portraits (
    person BYTEA NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL
);

CREATE TABLE journeys (
    id         BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    token_hash BYTEA  NOT NULL CHECK (length(token_hash) = 32),
    state      TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,
    person     BYTEA  CHECK (length(person) = 16),
    source     BYTEA  NOT NULL CHECK (length(source) = 32),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX journeys_state ON journeys (state, created_at, id);
CREATE INDEX journeys_person ON journeys (person);
CREATE INDEX journeys_expiry ON journeys (expires_at);

CREATE TABLE journey_blobs (
    journey BYTEA NOT NULL REFERENCES journeys (id) ON DELETE CASCADE,
    name    TEXT  NOT NULL,
    sealed  BYTEA NOT NULL,
    PRIMARY KEY (journey, name)
);

-- Outlives its journey, hence no reference.
CREATE TABLE decisions (
    place   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journey BYTEA  NOT NULL CHECK (length(journey) = 16),
    at      BIGINT NOT NULL,
    sealed  BYTEA  NOT NULL
);
CREATE INDEX decisions_journey ON decisions (journey, place);
CREATE INDEX decisions_at ON decisions (at);

CREATE TABLE attempts (
    scope     BYTEA  NOT NULL CHECK (length(scope) = 32),
    starts_at BIGINT NOT NULL,
    tries     BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (scope, starts_at)
);
CREATE INDEX attempts_last ON attempts (last_at);

CREATE TABLE grants (
    id          BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code_hash   BYTEA  NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    token_hash  BYTEA  UNIQUE CHECK (length(token_hash) = 32),
    state       TEXT   NOT NULL,
    sealed      BYTEA  NOT NULL,
    person      BYTEA  NOT NULL CHECK (length(person) = 16),
    journey     BYTEA  CHECK (length(journey) = 16),
    wrong_tries BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);
CREATE INDEX grants_journey ON grants (journey, id);
CREATE INDEX grants_person ON grants (person);
CREATE INDEX grants_expiry ON grants (expires_at);

CREATE TABLE nonces (
    nonce      BYTEA  NOT NULL PRIMARY KEY CHECK (length(nonce) = 32),
    expires_at BIGINT NOT NULL
);
CREATE INDEX nonces_expiry ON nonces (expires_at);

CREATE TABLE frames (
    frame      BYTEA  NOT NULL PRIMARY KEY CHECK (length(frame) = 32),
    expires_at BIGINT NOT NULL
);
CREATE INDEX frames_expiry ON frames (expires_at);

CREATE TABLE cards (
    id         BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person     BYTEA  NOT NULL CHECK (length(person) = 16),
    level      TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX cards_person ON cards (person, id);
CREATE INDEX cards_status ON cards (status);

CREATE TABLE status_lists (
    id        BIGINT  NOT NULL PRIMARY KEY,
    bits      BIGINT  NOT NULL CHECK (bits IN (1, 2, 4, 8)),
    size      BIGINT  NOT NULL,
    key       BYTEA   NOT NULL,
    next_free BIGINT  NOT NULL CHECK (next_free BETWEEN 0 AND size),
    closed    BOOLEAN NOT NULL,
    epoch     BIGINT  NOT NULL,
    changes   BIGINT  NOT NULL
);

-- Who was given which entries. Nothing reads it but people and tests: it proves that no block was given twice.
CREATE TABLE status_leases (
    list  BIGINT NOT NULL REFERENCES status_lists (id),
    first BIGINT NOT NULL,
    count BIGINT NOT NULL,
    node  TEXT   NOT NULL,
    PRIMARY KEY (list, first)
);

CREATE TABLE status_entries (
    list     BIGINT NOT NULL REFERENCES status_lists (id),
    position BIGINT NOT NULL,
    status   TEXT   NOT NULL,
    PRIMARY KEY (list, position)
);

CREATE TABLE batches (
    id         BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    card       BYTEA  NOT NULL REFERENCES cards (id),
    list       BIGINT NOT NULL,
    first      BIGINT NOT NULL,
    count      BIGINT NOT NULL,
    request    BYTEA  NOT NULL UNIQUE CHECK (length(request) = 32),
    response   BYTEA,
    created_at BIGINT NOT NULL
);
CREATE INDEX batches_card ON batches (card, id);
CREATE INDEX batches_answered ON batches (created_at) WHERE response IS NOT NULL;

CREATE TABLE checks (
    id                 BYTEA  NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation       BYTEA  NOT NULL CHECK (length(organisation) = 16),
    "window"           BYTEA  CHECK (length("window") = 16),
    scene              TEXT   NOT NULL,
    state              TEXT   NOT NULL,
    wrapped_key        BYTEA  NOT NULL,
    sealed             BYTEA  NOT NULL,
    session_hash       BYTEA  CHECK (length(session_hash) = 32),
    response_code_hash BYTEA  CHECK (length(response_code_hash) = 32),
    created_at         BIGINT NOT NULL,
    expires_at         BIGINT NOT NULL,
    retain_until       BIGINT,
    version            BIGINT NOT NULL
);
CREATE INDEX checks_state ON checks (state);
CREATE INDEX checks_kept ON checks ("window", scene, created_at, id) WHERE retain_until IS NOT NULL;
CREATE INDEX checks_due ON checks (coalesce(retain_until, expires_at));

CREATE TABLE organisations (
    id         BYTEA   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE,
    details    BYTEA   NOT NULL,
    enabled    BOOLEAN NOT NULL,
    created_at BIGINT  NOT NULL,
    version    BIGINT  NOT NULL
);

CREATE TABLE windows (
    id           BYTEA   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation BYTEA   NOT NULL REFERENCES organisations (id),
    name         TEXT    NOT NULL,
    secret_hash  TEXT    NOT NULL,
    scenes       TEXT    NOT NULL,
    enabled      BOOLEAN NOT NULL,
    version      BIGINT  NOT NULL,
    UNIQUE (organisation, name)
);

CREATE TABLE officers (
    id             BYTEA   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name_index     BYTEA   NOT NULL UNIQUE CHECK (length(name_index) = 32),
    name           BYTEA   NOT NULL,
    password_hash  TEXT    NOT NULL,
    totp_secret    BYTEA   NOT NULL,
    last_totp_step BIGINT,
    disabled       BOOLEAN NOT NULL,
    failed_tries   BIGINT  NOT NULL,
    locked_until   BIGINT,
    created_at     BIGINT  NOT NULL,
    version        BIGINT  NOT NULL
);

CREATE TABLE sessions (
    token_hash BYTEA  NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    kind       TEXT   NOT NULL,
    subject    BYTEA  NOT NULL CHECK (length(subject) = 16),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_subject ON sessions (kind, subject);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE audit_drafts (
    place   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    detail  BYTEA
);

CREATE TABLE audit (
    seq      BIGINT NOT NULL PRIMARY KEY,
    previous BYTEA  NOT NULL CHECK (length(previous) = 32),
    hash     BYTEA  NOT NULL CHECK (length(hash) = 32),
    at       BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    action   TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    detail   BYTEA
);

CREATE TABLE settings (
    name    TEXT   NOT NULL PRIMARY KEY,
    value   BYTEA  NOT NULL,
    version BIGINT NOT NULL
);
