-- The text of each run's pipeline, which may have been edited since.

CREATE TABLE specs (
	digest TEXT PRIMARY KEY, -- SHA-256
	text   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN spec TEXT REFERENCES specs (digest); -- NULL before version 2
