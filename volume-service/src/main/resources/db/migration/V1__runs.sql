-- A run is what a workflow engine started: known by its team and its name.
CREATE TABLE run (
  team         text        NOT NULL,
  name         text        NOT NULL,
  -- What events told. A run that only a finish was heard of is not announced.
  region       text        NOT NULL DEFAULT '',
  engine       text        NOT NULL DEFAULT '',
  announced_at timestamptz,
  names_jobs   boolean     NOT NULL DEFAULT false,
  outcome      text        CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  -- What became of it here.
  state        text        NOT NULL DEFAULT 'preparing'
                           CHECK (state IN ('preparing', 'ready', 'finishing', 'succeeded', 'failed', 'cancelled', 'rejected')),
  reasons      text[]      NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT now(),
  closed_at    timestamptz,
  -- When to look at it again; null when there is nothing left to do. The revision counts what was told: whoever
  -- looked may only put the next look off if nothing new was told meanwhile.
  look_at      timestamptz,
  revision     bigint      NOT NULL DEFAULT 0,
  PRIMARY KEY (team, name)
);
CREATE INDEX run_due ON run (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX run_open ON run (state) WHERE closed_at IS NULL;

CREATE TABLE job (
  team     text    NOT NULL,
  run      text    NOT NULL,
  name     text    NOT NULL,
  -- Its place in the announcement; null while only its finish was heard of.
  position integer,
  -- The jobs that have to succeed before, those whose outputs it reads included.
  needs    text[]  NOT NULL DEFAULT '{}',
  attempt  integer NOT NULL DEFAULT 1,
  -- How the work ended, as the first event that says so told it.
  outcome  text    CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
  -- What the job was told to find where, in the same transaction as its JobReady.
  mounts   jsonb,
  -- How the job ended, its outputs included.
  ended    text    CHECK (ended IN ('succeeded', 'failed', 'cancelled')),
  reason   text,
  PRIMARY KEY (team, run, name),
  FOREIGN KEY (team, run) REFERENCES run (team, name)
);

CREATE TABLE input (
  team         text NOT NULL,
  run          text NOT NULL,
  job          text NOT NULL,
  name         text NOT NULL,
  type         text NOT NULL CHECK (type IN ('dataset', 'volume')),
  ref          text,
  from_job     text,
  from_output  text,
  -- The version that the ref was frozen to, and until when dataset-service holds and cache-service pins it.
  dataset      text,
  version      text,
  digest       text,
  held_until   timestamptz,
  pinned_until timestamptz,
  cached       boolean NOT NULL DEFAULT false,
  -- Why it can never be there.
  reason       text,
  PRIMARY KEY (team, run, job, name),
  FOREIGN KEY (team, run, job) REFERENCES job (team, run, name),
  CHECK ((ref IS NULL) = (from_job IS NOT NULL))
);
-- Who waits for a version that has come to the cache.
CREATE INDEX input_waiting ON input (dataset, version) WHERE NOT cached AND dataset IS NOT NULL;

CREATE TABLE output (
  team       text   NOT NULL,
  run        text   NOT NULL,
  job        text   NOT NULL,
  name       text   NOT NULL,
  type       text   NOT NULL CHECK (type IN ('dataset', 'volume')),
  ref        text,
  message    text,
  tags       text[] NOT NULL DEFAULT '{}',
  size_bytes bigint,
  -- The dataset that the ref names, and what cache-service last said of the output.
  dataset    text,
  state      text   NOT NULL DEFAULT 'wanted'
                    CHECK (state IN ('wanted', 'opening', 'open', 'local', 'uploading', 'stored', 'discarded', 'failed')),
  version    text,
  digest     text,
  reason     text,
  PRIMARY KEY (team, run, job, name),
  FOREIGN KEY (team, run, job) REFERENCES job (team, run, name)
);

CREATE TABLE volume (
  id         text        PRIMARY KEY,
  team       text        NOT NULL,
  kind       text        NOT NULL CHECK (kind IN ('storage', 'workflow')),
  run        text,
  job        text,
  name       text        NOT NULL,
  -- Recorded; whether it is enforced depends on the driver.
  size_bytes bigint,
  phase      text        NOT NULL CHECK (phase IN ('pending', 'provisioned', 'releasing', 'released', 'failed')),
  path       text,
  reason     text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (team, run, job, name),
  CHECK ((kind = 'workflow') = (run IS NOT NULL AND job IS NOT NULL))
);
CREATE INDEX volume_live ON volume (team, id) WHERE phase <> 'released';
