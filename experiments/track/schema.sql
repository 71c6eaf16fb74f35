-- Times are nanoseconds since 1970-01-01 UTC. Keys and the digests of artifacts
-- are hexadecimal.
--
-- Runs mostly repeat each other, so what they have in common is kept once: a
-- plan is all that a run was asked to do, an outcome all that a stage came to,
-- whether it ran or was cached. Both are found by the SHA-256 of their content.
-- The views at the end put runs together again, for those who ask in SQL.

CREATE TABLE sweeps (
	id         TEXT    PRIMARY KEY,
	name       TEXT    NOT NULL,
	file       TEXT    NOT NULL,
	definition TEXT    NOT NULL, -- the file's content
	started    INTEGER NOT NULL,
	trials     INTEGER NOT NULL  -- how many were planned
) STRICT, WITHOUT ROWID;

CREATE TABLE texts ( -- pipelines and uncommitted changes
	digest TEXT PRIMARY KEY, -- SHA-256
	text   ANY NOT NULL      -- a BLOB if it is not UTF-8
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
	n          INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	stamp      TEXT    NOT NULL, -- of the record that this row was made from
	state      TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
	executed   INTEGER NOT NULL, -- 0 if every stage was taken from the store
	name       TEXT    NOT NULL,
	tags       TEXT    NOT NULL, -- JSON array
	note       TEXT    NOT NULL,
	plan       INTEGER NOT NULL,
	started    INTEGER NOT NULL,
	finished   INTEGER,          -- NULL while it runs
	command    TEXT    NOT NULL, -- JSON array
	dir        TEXT    NOT NULL,
	pipeline   TEXT    NOT NULL,
	spec       TEXT,             -- digest of a text; NULL if it is not known
	data       TEXT    NOT NULL,
	seed       TEXT    NOT NULL, -- an unsigned 64-bit number, which SQLite lacks
	targets    TEXT    NOT NULL, -- JSON array
	sweep      TEXT    NOT NULL,
	trial      INTEGER NOT NULL,
	git_commit TEXT    NOT NULL,
	git_dirty  INTEGER NOT NULL,
	git_diff   TEXT,             -- digest of a text; NULL if there is none
	host       TEXT    NOT NULL,
	os         TEXT    NOT NULL,
	arch       TEXT    NOT NULL,
	cpu        TEXT    NOT NULL,
	cpus       INTEGER NOT NULL,
	memory     INTEGER NOT NULL, -- bytes
	go_version TEXT    NOT NULL,
	version    TEXT    NOT NULL,
	variant    TEXT    NOT NULL
) STRICT;

CREATE INDEX runs_by_start ON runs (started);
CREATE INDEX runs_by_sweep ON runs (sweep, trial);

CREATE TABLE unread ( -- records that cannot be read
	id    TEXT PRIMARY KEY,
	stamp TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
	n      INTEGER PRIMARY KEY,
	digest BLOB    NOT NULL UNIQUE
) STRICT;

CREATE TABLE plan_stages (
	plan  INTEGER NOT NULL,
	stage INTEGER NOT NULL, -- position, counted from 0
	name  TEXT    NOT NULL,
	kind  TEXT    NOT NULL,
	about TEXT    NOT NULL, -- what the kind says of its metrics, in JSON
	PRIMARY KEY (plan, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE params (
	plan  INTEGER NOT NULL,
	stage INTEGER NOT NULL,
	name  TEXT    NOT NULL,
	value TEXT    NOT NULL, -- JSON; a float has a point or an exponent
	PRIMARY KEY (plan, stage, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE refs (
	plan  INTEGER NOT NULL,
	stage INTEGER NOT NULL,
	name  TEXT    NOT NULL, -- of the input
	ref   TEXT    NOT NULL, -- where it comes from, as in pipeline.yaml
	PRIMARY KEY (plan, stage, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
	n      INTEGER PRIMARY KEY,
	digest BLOB    NOT NULL UNIQUE,
	key    TEXT    NOT NULL,
	cost   REAL    NOT NULL -- seconds of the execution that made the artifacts
) STRICT;

CREATE TABLE inputs (
	outcome INTEGER NOT NULL,
	name    TEXT    NOT NULL,
	digest  TEXT    NOT NULL,
	PRIMARY KEY (outcome, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
	outcome INTEGER NOT NULL,
	name    TEXT    NOT NULL,
	digest  TEXT    NOT NULL,
	bytes   INTEGER NOT NULL,
	type    TEXT    NOT NULL, -- media type
	dir     INTEGER NOT NULL,
	PRIMARY KEY (outcome, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (
	outcome INTEGER NOT NULL,
	seq     INTEGER NOT NULL, -- in the order they were measured
	name    TEXT    NOT NULL,
	step    INTEGER NOT NULL, -- -1 if it is no series
	value   REAL,             -- NULL is NaN, which SQLite lacks
	timing  INTEGER NOT NULL,
	PRIMARY KEY (outcome, seq)
) STRICT, WITHOUT ROWID;

-- One metric of all runs is read from this index alone.
CREATE INDEX metrics_by_name ON metrics (name, outcome, step, seq, value);

CREATE TABLE fields ( -- the parameters and metrics of all runs
	metric INTEGER NOT NULL, -- 0 for a parameter
	stage  TEXT    NOT NULL,
	name   TEXT    NOT NULL,
	about  TEXT    NOT NULL, -- what the newest kind says of a metric, in JSON; else empty
	PRIMARY KEY (metric, stage, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE stages (
	run     INTEGER NOT NULL,
	stage   INTEGER NOT NULL,
	status  TEXT    NOT NULL CHECK (status IN ('pending', 'running', 'ran', 'cached', 'failed', 'skipped')),
	outcome INTEGER,
	started INTEGER,
	seconds REAL    NOT NULL, -- of this execution
	error   TEXT    NOT NULL,
	notes   TEXT    NOT NULL, -- JSON array
	log     TEXT    NOT NULL, -- path, empty if there is none
	PRIMARY KEY (run, stage)
) STRICT, WITHOUT ROWID;

CREATE VIEW run_params AS
	SELECT r.id AS run, p.name AS stage, q.name, q.value
	FROM runs r JOIN plan_stages p USING (plan) JOIN params q USING (plan, stage);

CREATE VIEW run_stages AS
	SELECT r.id AS run, p.name AS stage, p.kind, s.status, o.key, s.seconds, o.cost, s.error, s.notes, s.log
	FROM runs r JOIN plan_stages p USING (plan) JOIN stages s ON s.run = r.n AND s.stage = p.stage
		LEFT JOIN outcomes o ON o.n = s.outcome;

CREATE VIEW run_metrics AS
	SELECT r.id AS run, p.name AS stage, m.name, m.step, m.value, m.timing
	FROM runs r JOIN plan_stages p USING (plan) JOIN stages s ON s.run = r.n AND s.stage = p.stage
		JOIN metrics m USING (outcome);

CREATE VIEW run_artifacts AS
	SELECT r.id AS run, p.name AS stage, a.name, a.digest, a.bytes, a.type, a.dir
	FROM runs r JOIN plan_stages p USING (plan) JOIN stages s ON s.run = r.n AND s.stage = p.stage
		JOIN artifacts a USING (outcome);

-- Runs of one configuration differ at most in their seed: they are replicates.
CREATE VIEW configurations AS
	SELECT lower(hex(p.digest)) AS configuration, r.data, r.id AS run, r.seed,
		count(*) OVER (PARTITION BY r.plan, r.data) AS runs
	FROM runs r JOIN plans p ON p.n = r.plan;
