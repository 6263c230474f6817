-- What is to be brought from elsewhere into a version, how far that is, and how it ended.
CREATE TABLE import (
  id          text PRIMARY KEY,
  -- Orders them: the list pages by it, and the first come is the first served.
  number      bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
  team        text        NOT NULL REFERENCES team,
  dataset     text        NOT NULL REFERENCES dataset ON DELETE CASCADE,
  state       text        NOT NULL DEFAULT 'queued'
              CHECK (state IN ('queued', 'running', 'committing', 'done', 'failed', 'cancelled')),
  -- As it is shown, secrets masked; with them, encrypted, until it has ended.
  source      jsonb       NOT NULL,
  secret      bytea,
  message     text        NOT NULL,
  tags        text[]      NOT NULL,
  -- Whether it is laid over the newest version, and below which directory.
  on_latest   boolean     NOT NULL,
  directory   text        NOT NULL,
  -- Somebody wants it to end.
  cancelling  boolean     NOT NULL DEFAULT false,
  -- The draft that it fills, then the version that it became.
  version     text,
  -- What the source was found to be: an ETag, a commit. What is in the draft is of this.
  revision    text,
  -- Up to where all of the source is in the draft, and what that is.
  done_key    text,
  done_files  bigint      NOT NULL DEFAULT 0,
  done_bytes  bigint      NOT NULL DEFAULT 0,
  -- As it is shown: further than done.
  files       bigint      NOT NULL DEFAULT 0,
  bytes       bigint      NOT NULL DEFAULT 0,
  total_bytes bigint,
  reason      text        NOT NULL DEFAULT '',
  -- What the version is to say, once everything is in it.
  commit_message text,
  -- How often it was begun since it last came further.
  tries       integer     NOT NULL DEFAULT 0,
  -- Who works on it until then; nobody, and nobody may before then, after a failure that may pass.
  owner       uuid,
  lease_until timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz,
  CHECK ((ended_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled'))),
  CHECK (ended_at IS NULL OR (secret IS NULL AND owner IS NULL))
);
CREATE INDEX import_of_dataset ON import (dataset, number DESC);
CREATE INDEX import_unfinished ON import (team, number) WHERE ended_at IS NULL;
CREATE INDEX import_ended ON import (ended_at) WHERE ended_at IS NOT NULL;

-- Pieces, in order, of the large file that an import is at: stored, and in no version yet.
CREATE TABLE import_piece (
  import text    NOT NULL REFERENCES import ON DELETE CASCADE,
  path   text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  digest bytea   NOT NULL,
  PRIMARY KEY (import, path, number)
);

-- Whose pushes become imports. Its secret is derived from its id and stored nowhere.
CREATE TABLE hook (
  id         text PRIMARY KEY,
  number     bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
  team       text        NOT NULL REFERENCES team,
  dataset    text        NOT NULL REFERENCES dataset ON DELETE CASCADE,
  source     jsonb       NOT NULL,
  secret     bytea,
  message    text        NOT NULL,
  tags       text[]      NOT NULL,
  on_latest  boolean     NOT NULL,
  directory  text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX hook_of_dataset ON hook (dataset, number DESC);

-- Deliveries that were heard: the same one again makes no second import.
CREATE TABLE hook_delivery (
  hook        text        NOT NULL REFERENCES hook ON DELETE CASCADE,
  delivery    text        NOT NULL,
  import      text        NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (hook, delivery)
);
CREATE INDEX hook_delivery_received ON hook_delivery (received_at);
