-- Attempts at jobs as volume-service told of them: kept for ever, since they say where versions come from.
CREATE TABLE lineage_job (
  team       text    NOT NULL,
  run        text    NOT NULL,
  job        text    NOT NULL,
  attempt    integer NOT NULL,
  engine     text,
  started_at timestamptz,
  -- Null as long as it runs.
  outcome    text    CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  ended_at   timestamptz,
  PRIMARY KEY (team, run, job, attempt)
);

-- Versions outlive neither their lineage nor the other way round: nothing refers to the tables of versions.
CREATE TABLE lineage_read (
  team    text    NOT NULL,
  run     text    NOT NULL,
  job     text    NOT NULL,
  attempt integer NOT NULL,
  name    text    NOT NULL,
  dataset text    NOT NULL,
  version text    NOT NULL,
  -- The order in which they were heard of.
  place   bigint  GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (team, run, job, attempt, name),
  FOREIGN KEY (team, run, job, attempt) REFERENCES lineage_job
);
CREATE INDEX lineage_read_version ON lineage_read (team, dataset, version, place);

CREATE TABLE lineage_write (
  team    text    NOT NULL,
  run     text    NOT NULL,
  job     text    NOT NULL,
  attempt integer NOT NULL,
  name    text    NOT NULL,
  dataset text    NOT NULL,
  version text    NOT NULL,
  place   bigint  GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (team, run, job, attempt, name),
  FOREIGN KEY (team, run, job, attempt) REFERENCES lineage_job
);
CREATE INDEX lineage_write_version ON lineage_write (team, dataset, version);

-- What a job made, by the origin that its versions carry.
CREATE INDEX version_made_by ON version (team, origin_run, origin_job, origin_attempt) WHERE origin_run IS NOT NULL;

-- Requests that named an Idempotency-Key, for a day.
CREATE TABLE idempotent_request (
  -- Empty for a service that acts for no team.
  team       text        NOT NULL,
  key        text        NOT NULL,
  -- The digest of what was asked for.
  request    bytea       NOT NULL,
  -- The process that answers it.
  holder     text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Its answer; no status as long as there is none, no body where it may not be kept.
  status     integer,
  location   text,
  etag       text,
  body       text,
  PRIMARY KEY (team, key)
);
CREATE INDEX idempotent_request_age ON idempotent_request (created_at);
