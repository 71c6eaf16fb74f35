-- A database at schema version 2, with one run; see TestMigrateFromEveryVersion.
PRAGMA application_id = 2003333740;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE sweeps (
	id         TEXT    PRIMARY KEY,
	name       TEXT    NOT NULL,
	file       TEXT    NOT NULL,
	definition TEXT    NOT NULL, -- the file's content
	started    INTEGER NOT NULL,
	trials     INTEGER NOT NULL  -- how many were planned
) STRICT, WITHOUT ROWID;
CREATE TABLE diffs (
	digest TEXT PRIMARY KEY, -- SHA-256
	patch  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
	n          INTEGER PRIMARY KEY,
	id         TEXT    NOT NULL UNIQUE,
	state      TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
	plan       INTEGER NOT NULL REFERENCES plans (n),
	started    INTEGER NOT NULL,
	updated    INTEGER NOT NULL, -- when this row was last written
	finished   INTEGER,          -- NULL while it runs
	command    TEXT    NOT NULL, -- JSON array
	dir        TEXT    NOT NULL,
	pipeline   TEXT    NOT NULL,
	data       TEXT    NOT NULL,
	seed       TEXT    NOT NULL, -- an unsigned 64-bit number, which SQLite lacks
	sweep      TEXT    NOT NULL,
	trial      INTEGER NOT NULL,
	git_commit TEXT    NOT NULL,
	git_diff   TEXT             REFERENCES diffs (digest), -- NULL if clean
	host       TEXT    NOT NULL,
	os         TEXT    NOT NULL,
	arch       TEXT    NOT NULL,
	cpu        TEXT    NOT NULL,
	cpus       INTEGER NOT NULL,
	memory     INTEGER NOT NULL, -- bytes
	go_version TEXT    NOT NULL,
	version    TEXT    NOT NULL,
	variant    TEXT    NOT NULL
, spec TEXT REFERENCES specs (digest)) STRICT;
INSERT INTO runs VALUES(1,'a1','done',1,1795435200000000000,1795435208000000000,1795435208000000000,'null','/tmp','pipeline.yaml','synthetic','18446744073709551615','',0,'',NULL,'vm','linux','amd64','AMD EPYC',2,25276502016,'go1.26.8','','','66b3f2f36dcae0a5cf7e1b53afcacea5b4752aa30f2a69d7d6d7fc253f9c299f');
CREATE TABLE plans (
	n      INTEGER PRIMARY KEY,
	digest BLOB    NOT NULL UNIQUE
) STRICT;
INSERT INTO plans VALUES(1,X'6eb089d244848e75c6414da42c2bbe86c3f8725fdcfd3da812e5fe53f5dd6eba');
CREATE TABLE plan_stages (
	plan  INTEGER NOT NULL REFERENCES plans (n),
	stage INTEGER NOT NULL, -- position, counted from 0
	name  TEXT    NOT NULL,
	kind  TEXT    NOT NULL,
	PRIMARY KEY (plan, stage)
) STRICT, WITHOUT ROWID;
INSERT INTO plan_stages VALUES(1,0,'split','split');
INSERT INTO plan_stages VALUES(1,1,'train','train');
CREATE TABLE params (
	plan  INTEGER NOT NULL REFERENCES plans (n),
	stage INTEGER NOT NULL,
	name  TEXT    NOT NULL,
	value TEXT    NOT NULL, -- JSON; a float has a point or an exponent
	PRIMARY KEY (plan, stage, name)
) STRICT, WITHOUT ROWID;
INSERT INTO params VALUES(1,0,'calibration','0.1');
INSERT INTO params VALUES(1,0,'protocol','"image"');
INSERT INTO params VALUES(1,1,'epochs','15');
INSERT INTO params VALUES(1,1,'lr','1.0');
INSERT INTO params VALUES(1,1,'nesterov','false');
INSERT INTO params VALUES(1,1,'size','[90,90]');
CREATE TABLE wires (
	plan  INTEGER NOT NULL REFERENCES plans (n),
	stage INTEGER NOT NULL,
	name  TEXT    NOT NULL, -- of the input
	ref   TEXT    NOT NULL, -- where it comes from, as in pipeline.yaml
	PRIMARY KEY (plan, stage, name)
) STRICT, WITHOUT ROWID;
INSERT INTO wires VALUES(1,1,'train','split.train');
CREATE TABLE outcomes (
	n      INTEGER PRIMARY KEY,
	digest BLOB    NOT NULL UNIQUE,
	key    TEXT    NOT NULL,
	cost   REAL    NOT NULL -- seconds of the execution that made the artifacts
) STRICT;
INSERT INTO outcomes VALUES(1,X'64b8624a4e3e99547fbff9bf568b0b7329f58d0996d90b241bf8abae83cd4ef6','5e',0.5);
INSERT INTO outcomes VALUES(2,X'e5a16f5792704810775e96a6dee67e50767a9cc9d2a83a35e5bd0a2e44338463','7a',7.0);
CREATE TABLE inputs (
	outcome INTEGER NOT NULL REFERENCES outcomes (n),
	name    TEXT    NOT NULL,
	digest  TEXT    NOT NULL,
	PRIMARY KEY (outcome, name)
) STRICT, WITHOUT ROWID;
INSERT INTO inputs VALUES(2,'train','d1');
CREATE TABLE artifacts (
	outcome INTEGER NOT NULL REFERENCES outcomes (n),
	name    TEXT    NOT NULL,
	digest  TEXT    NOT NULL,
	bytes   INTEGER NOT NULL,
	type    TEXT    NOT NULL, -- media type
	dir     INTEGER NOT NULL,
	PRIMARY KEY (outcome, name)
) STRICT, WITHOUT ROWID;
INSERT INTO artifacts VALUES(1,'train','d1',8,'application/x-npy',0);
INSERT INTO artifacts VALUES(2,'weights','d2',1099511627776,'application/x-npz',1);
CREATE TABLE metrics (
	outcome INTEGER NOT NULL REFERENCES outcomes (n),
	seq     INTEGER NOT NULL, -- in the order they were measured
	name    TEXT    NOT NULL,
	step    INTEGER NOT NULL, -- -1 if it is no series
	value   REAL,             -- NULL is NaN, which SQLite lacks
	timing  INTEGER NOT NULL,
	PRIMARY KEY (outcome, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO metrics VALUES(2,0,'loss',1,NULL,0);
INSERT INTO metrics VALUES(2,1,'accuracy',1,0.5,0);
INSERT INTO metrics VALUES(2,2,'loss',2,1e999,0);
INSERT INTO metrics VALUES(2,3,'accuracy',2,0.29999999999999998889,0);
INSERT INTO metrics VALUES(2,4,'pairs_per_s',-1,600.0,1);
CREATE TABLE stages (
	run     INTEGER NOT NULL REFERENCES runs (n),
	stage   INTEGER NOT NULL,
	status  TEXT    NOT NULL CHECK (status IN ('running', 'ran', 'cached', 'failed', 'skipped')),
	outcome INTEGER          REFERENCES outcomes (n),
	started INTEGER,
	seconds REAL    NOT NULL, -- of this execution
	error   TEXT    NOT NULL,
	notes   TEXT    NOT NULL, -- a line each
	log     TEXT    NOT NULL, -- path, empty if there is none
	PRIMARY KEY (run, stage)
) STRICT, WITHOUT ROWID;
INSERT INTO stages VALUES(1,0,'cached',1,1795435200000000000,0.0010000000000000000208,'','','');
INSERT INTO stages VALUES(1,1,'ran',2,1795435201000000000,7.0,'',replace('slow\nnot deterministic','\n',char(10)),'logs/a/train.log');
CREATE TABLE specs (
	digest TEXT PRIMARY KEY, -- SHA-256
	text   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO specs VALUES('66b3f2f36dcae0a5cf7e1b53afcacea5b4752aa30f2a69d7d6d7fc253f9c299f',replace('stages: {}\n','\n',char(10)));
CREATE INDEX runs_by_start ON runs (started);
CREATE INDEX runs_by_sweep ON runs (sweep, trial);
CREATE INDEX runs_alive ON runs (n) WHERE state = 'running';
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
COMMIT;
