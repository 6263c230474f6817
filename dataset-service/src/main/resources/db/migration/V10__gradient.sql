-- Files that somebody was given a URL for and that have not arrived since: no commit while there are any.
CREATE TABLE announced_file (
  dataset      text        NOT NULL,
  version      text        NOT NULL,
  path         text COLLATE "C" NOT NULL,
  announced_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (dataset, version, path),
  FOREIGN KEY (dataset, version) REFERENCES version (dataset, id) ON DELETE CASCADE
);

-- Whether every team may read it.
ALTER TABLE dataset ADD COLUMN is_public boolean NOT NULL DEFAULT false;
CREATE INDEX dataset_public ON dataset (name, id) WHERE is_public AND state = 'live';

-- Values are encrypted, with their place as associated data: a row copied elsewhere cannot be read there.
CREATE TABLE secret (
  team        text        NOT NULL REFERENCES team,
  entity      text        NOT NULL CHECK (entity IN ('team', 'project', 'cluster')),
  -- Which project or cluster; a team is its own.
  entity_id   text        NOT NULL,
  name        text        NOT NULL,
  ciphertext  bytea       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (team, entity, entity_id, name)
);

CREATE TABLE ephemeral_secret (
  handle     text PRIMARY KEY,
  team       text        NOT NULL REFERENCES team,
  ciphertext bytea       NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX ephemeral_secret_expiry ON ephemeral_secret (expires_at);
CREATE INDEX ephemeral_secret_team ON ephemeral_secret (team);

CREATE TABLE workflow (
  id         text PRIMARY KEY,
  team       text        NOT NULL REFERENCES team,
  name       text        NOT NULL,
  project    text        NOT NULL DEFAULT '',
  last_run   integer     NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX workflow_team ON workflow (team, project, name, id);

-- A run of a workflow: its number, and the name under which moraine.runs knows it.
CREATE TABLE workflow_run (
  workflow    text        NOT NULL REFERENCES workflow,
  number      integer     NOT NULL,
  team        text        NOT NULL,
  run         text        NOT NULL,
  log_id      text        NOT NULL,
  cluster     text        NOT NULL,
  -- The key that started it: its run event's token is this key's.
  key_id      text        NOT NULL,
  spec        jsonb       NOT NULL,
  -- Why volume-service refused it.
  rejected_at timestamptz,
  reasons     text[]      NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workflow, number)
);
CREATE UNIQUE INDEX workflow_run_name ON workflow_run (team, run);

CREATE TABLE workflow_job (
  workflow    text    NOT NULL,
  number      integer NOT NULL,
  job         text    NOT NULL,
  place       integer NOT NULL,
  log_id      text    NOT NULL,
  -- Since when it may run, and what its dataset inputs were frozen to by then: name -> ref.
  ready_at    timestamptz,
  inputs      jsonb   NOT NULL DEFAULT '{}',
  ended_at    timestamptz,
  outcome     text    CHECK (outcome IN ('SUCCEEDED', 'FAILED', 'CANCELLED')),
  PRIMARY KEY (workflow, number, job),
  FOREIGN KEY (workflow, number) REFERENCES workflow_run
);
