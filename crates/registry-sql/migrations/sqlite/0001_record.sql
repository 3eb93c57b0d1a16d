-- Every column that could name a person holds sealed bytes or a keyed index; times are seconds since 1970 (UTC).

CREATE TABLE people (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number_index BLOB    NOT NULL UNIQUE CHECK (length(number_index) = 32),
    name_indexes BLOB    NOT NULL CHECK (length(name_indexes) % 32 = 0),
    wrapped_key  BLOB    NOT NULL,
    record       BLOB    NOT NULL,
    status       TEXT    NOT NULL,
    valid_until  INTEGER,
    created_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL
) STRICT;

-- people.name_indexes once more, one row each, to search by.
CREATE TABLE people_names (
    name_index BLOB NOT NULL CHECK (length(name_index) = 32),
    person     BLOB NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    PRIMARY KEY (name_index, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_names_person ON people_names (person);

CREATE TABLE portraits (
    person BLOB NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE journeys (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    token_hash BLOB    NOT NULL CHECK (length(token_hash) = 32),
    state      TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    person     BLOB    CHECK (length(person) = 16),
    source     BLOB    NOT NULL CHECK (length(source) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT;
CREATE INDEX journeys_state ON journeys (state, created_at, id);
CREATE INDEX journeys_person ON journeys (person);
CREATE INDEX journeys_expiry ON journeys (expires_at);

CREATE TABLE journey_blobs (
    journey BLOB NOT NULL REFERENCES journeys (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (journey, name)
) STRICT;

-- Outlives its journey, hence no reference.
CREATE TABLE decisions (
    place   INTEGER PRIMARY KEY AUTOINCREMENT,
    journey BLOB    NOT NULL CHECK (length(journey) = 16),
    at      INTEGER NOT NULL,
    sealed  BLOB    NOT NULL
) STRICT;
CREATE INDEX decisions_journey ON decisions (journey, place);
CREATE INDEX decisions_at ON decisions (at);

CREATE TABLE attempts (
    scope     BLOB    NOT NULL CHECK (length(scope) = 32),
    starts_at INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (scope, starts_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_last ON attempts (last_at);

CREATE TABLE grants (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code_hash   BLOB    NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    token_hash  BLOB    UNIQUE CHECK (length(token_hash) = 32),
    state       TEXT    NOT NULL,
    sealed      BLOB    NOT NULL,
    person      BLOB    NOT NULL CHECK (length(person) = 16),
    journey     BLOB    CHECK (length(journey) = 16),
    wrong_tries INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_journey ON grants (journey, id);
CREATE INDEX grants_person ON grants (person);
CREATE INDEX grants_expiry ON grants (expires_at);

CREATE TABLE nonces (
    nonce      BLOB    NOT NULL PRIMARY KEY CHECK (length(nonce) = 32),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX nonces_expiry ON nonces (expires_at);

CREATE TABLE frames (
    frame      BLOB    NOT NULL PRIMARY KEY CHECK (length(frame) = 32),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX frames_expiry ON frames (expires_at);

CREATE TABLE cards (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person     BLOB    NOT NULL CHECK (length(person) = 16),
    level      TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT;
CREATE INDEX cards_person ON cards (person, id);
CREATE INDEX cards_status ON cards (status);

CREATE TABLE status_lists (
    id        INTEGER NOT NULL PRIMARY KEY,
    bits      INTEGER NOT NULL CHECK (bits IN (1, 2, 4, 8)),
    size      INTEGER NOT NULL,
    key       BLOB    NOT NULL,
    next_free INTEGER NOT NULL CHECK (next_free BETWEEN 0 AND size),
    closed    INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    changes   INTEGER NOT NULL
) STRICT;

-- Who was given which entries. Nothing reads it but people and tests: it proves that no block was given twice.
CREATE TABLE status_leases (
    list  INTEGER NOT NULL REFERENCES status_lists (id),
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    node  TEXT    NOT NULL,
    PRIMARY KEY (list, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE status_entries (
    list     INTEGER NOT NULL REFERENCES status_lists (id),
    position INTEGER NOT NULL,
    status   TEXT    NOT NULL,
    PRIMARY KEY (list, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    card       BLOB    NOT NULL REFERENCES cards (id),
    list       INTEGER NOT NULL,
    first      INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    request    BLOB    NOT NULL UNIQUE CHECK (length(request) = 32),
    response   BLOB,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX batches_card ON batches (card, id);
CREATE INDEX batches_answered ON batches (created_at) WHERE response IS NOT NULL;

CREATE TABLE checks (
    id                 BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation       BLOB    NOT NULL CHECK (length(organisation) = 16),
    "window"           BLOB    CHECK (length("window") = 16),
    scene              TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    wrapped_key        BLOB    NOT NULL,
    sealed             BLOB    NOT NULL,
    session_hash       BLOB    CHECK (length(session_hash) = 32),
    response_code_hash BLOB    CHECK (length(response_code_hash) = 32),
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    retain_until       INTEGER,
    version            INTEGER NOT NULL
) STRICT;
CREATE INDEX checks_state ON checks (state);
CREATE INDEX checks_kept ON checks ("window", scene, created_at, id) WHERE retain_until IS NOT NULL;
CREATE INDEX checks_due ON checks (coalesce(retain_until, expires_at));

CREATE TABLE organisations (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name       TEXT    NOT NULL UNIQUE,
    details    BLOB    NOT NULL,
    enabled    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT;

CREATE TABLE windows (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation BLOB    NOT NULL REFERENCES organisations (id),
    name         TEXT    NOT NULL,
    secret_hash  TEXT    NOT NULL,
    scenes       TEXT    NOT NULL,
    enabled      INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    UNIQUE (organisation, name)
) STRICT;

CREATE TABLE officers (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name_index     BLOB    NOT NULL UNIQUE CHECK (length(name_index) = 32),
    name           BLOB    NOT NULL,
    password_hash  TEXT    NOT NULL,
    totp_secret    BLOB    NOT NULL,
    last_totp_step INTEGER,
    disabled       INTEGER NOT NULL,
    failed_tries   INTEGER NOT NULL,
    locked_until   INTEGER,
    created_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    kind       TEXT    NOT NULL,
    subject    BLOB    NOT NULL CHECK (length(subject) = 16),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_subject ON sessions (kind, subject);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE audit_drafts (
    place   INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  BLOB
) STRICT;

CREATE TABLE audit (
    seq      INTEGER NOT NULL PRIMARY KEY,
    previous BLOB    NOT NULL CHECK (length(previous) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    detail   BLOB
) STRICT;

CREATE TABLE settings (
    name    TEXT    NOT NULL PRIMARY KEY,
    value   BLOB    NOT NULL,
    version INTEGER NOT NULL
) STRICT;
