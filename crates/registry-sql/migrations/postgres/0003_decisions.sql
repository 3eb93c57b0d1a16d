-- Decisions are found by person, so that an erasure takes them; of those from before, the journey knew whose they are.

ALTER TABLE decisions ADD COLUMN person BYTEA CHECK (length(person) = 16);
UPDATE decisions SET person = (SELECT person FROM journeys WHERE journeys.id = decisions.journey);
CREATE INDEX decisions_person ON decisions (person);
