-- The way to a card over the browser: what a wallet pushed, and how a person names the offer that they hold.

CREATE TABLE pushed_requests (
    request_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(request_hash) = 32),
    sealed       BLOB    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX pushed_requests_expiry ON pushed_requests (expires_at);

ALTER TABLE grants ADD COLUMN reference_hash BLOB CHECK (length(reference_hash) = 32);
CREATE UNIQUE INDEX grants_reference ON grants (reference_hash);
