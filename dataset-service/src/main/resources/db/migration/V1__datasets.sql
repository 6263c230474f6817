CREATE TABLE team (
  id         text PRIMARY KEY,
  name       text        NOT NULL UNIQUE,
  -- The team whose admins may make other teams: the one that the installation itself began with.
  operator   boolean     NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
  id          text PRIMARY KEY,
  team        text REFERENCES team,
  role        text        NOT NULL CHECK (role IN ('reader', 'writer', 'admin', 'service')),
  name        text        NOT NULL DEFAULT '',
  secret_hash bytea       NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  revoked_at  timestamptz,
  CHECK ((role = 'service') = (team IS NULL))
);

CREATE TABLE provider (
  id         text PRIMARY KEY,
  team       text        NOT NULL REFERENCES team,
  name       text        NOT NULL,
  type       text        NOT NULL DEFAULT 's3',
  managed    boolean     NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (team, name)
);

CREATE TABLE dataset (
  id          text PRIMARY KEY,
  team        text        NOT NULL REFERENCES team,
  provider    text        NOT NULL REFERENCES provider,
  name        text        NOT NULL,
  description text        NOT NULL DEFAULT '',
  -- live, or deleting: no longer shown, its tombstones and rows are being taken care of.
  state       text        NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'deleting')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dataset_name ON dataset (team, name) WHERE state = 'live';
CREATE INDEX dataset_deleting ON dataset (id) WHERE state = 'deleting';

CREATE TABLE version (
  dataset           text        NOT NULL REFERENCES dataset,
  id                text        NOT NULL,
  team              text        NOT NULL,
  state             text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'committing', 'committed', 'deleting')),
  message           text        NOT NULL DEFAULT '',
  base              text,
  origin_run        text,
  origin_job        text,
  origin_output     text,
  origin_attempt    integer,
  -- Tags that the commit sets.
  requested_tags    text[]      NOT NULL DEFAULT '{}',
  created_at        timestamptz NOT NULL DEFAULT now(),
  modified_at       timestamptz NOT NULL DEFAULT now(),
  -- Fixed when committing is entered, and so in every attempt to roll it forward.
  committed_at      timestamptz,
  recorded_sequence bigint,
  -- Known once committed. The sequence of its VersionCommitted orders versions: the highest is latest.
  commit_sequence   bigint,
  digest            bytea,
  files             bigint,
  bytes             bigint,
  -- Whether staged changes may be left, which a committed version has no use for.
  staged            boolean     NOT NULL DEFAULT true,
  PRIMARY KEY (dataset, id)
);
-- Entering committing decides which attempt of an output becomes its version.
CREATE UNIQUE INDEX version_one_output ON version (team, dataset, origin_run, origin_job, origin_output)
  WHERE state IN ('committing', 'committed') AND origin_run IS NOT NULL;
-- Create-or-get of a draft by its origin.
CREATE UNIQUE INDEX version_origin ON version (team, dataset, origin_run, origin_job, origin_output, origin_attempt)
  WHERE state <> 'deleting' AND origin_run IS NOT NULL;
CREATE INDEX version_latest ON version (dataset, commit_sequence DESC) WHERE state = 'committed';
CREATE INDEX version_unfinished ON version (dataset, id)
  WHERE state IN ('committing', 'deleting') OR (state = 'committed' AND staged);
CREATE INDEX version_digest ON version (dataset, digest) WHERE state = 'committed';

-- What was put into (or, over a base, deleted from) an open version. Paths sort as bytes.
CREATE TABLE staged_change (
  dataset    text NOT NULL,
  version    text NOT NULL,
  path       text COLLATE "C" NOT NULL,
  deleted    boolean NOT NULL DEFAULT false,
  size_bytes bigint,
  kind       smallint,
  digest     bytea,
  PRIMARY KEY (dataset, version, path),
  FOREIGN KEY (dataset, version) REFERENCES version (dataset, id),
  CHECK (deleted = (digest IS NULL))
);

CREATE TABLE tag (
  dataset     text        NOT NULL,
  name        text        NOT NULL,
  version     text        NOT NULL,
  -- The version that it named before, which may be gone.
  previous    text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  modified_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (dataset, name),
  FOREIGN KEY (dataset, version) REFERENCES version (dataset, id)
);
CREATE INDEX tag_version ON tag (dataset, version);

CREATE TABLE hold (
  dataset    text        NOT NULL,
  version    text        NOT NULL,
  holder     text        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (dataset, version, holder),
  FOREIGN KEY (dataset, version) REFERENCES version (dataset, id)
);
CREATE INDEX hold_expiry ON hold (expires_at);

-- Where contents lie. The store is the provider: one team's contents in one bucket.
CREATE TABLE content (
  store       text     NOT NULL REFERENCES provider,
  kind        smallint NOT NULL,
  digest      bytea    NOT NULL,
  object      text     NOT NULL,
  offset_bytes bigint  NOT NULL,
  size_bytes  bigint   NOT NULL,
  -- Of a list: the plain SHA-256 of the whole file, where it is known.
  file_sha256 bytea,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (store, kind, digest)
);
