-- A team's bound, where it set one; else the default holds.
CREATE TABLE team_limit (
  team        text   PRIMARY KEY,
  limit_bytes bigint NOT NULL CHECK (limit_bytes >= 0)
);

-- Which versions a team wants cached here, and how far each is.
CREATE TABLE cached_version (
  team         text        NOT NULL,
  dataset      text        NOT NULL,
  version      text        NOT NULL,
  -- wanted -> filling -> cached -> evicting -> gone (or wanted again); failed waits for retry_at or to be wanted again.
  state        text        NOT NULL DEFAULT 'wanted'
               CHECK (state IN ('wanted', 'filling', 'cached', 'evicting', 'failed')),
  -- Whether it shall be there when the work under way has ended.
  wanted       boolean     NOT NULL DEFAULT true,
  digest       bytea       NOT NULL,
  files        bigint      NOT NULL,
  bytes        bigint      NOT NULL,
  reason       text,
  retry_at     timestamptz,
  -- Its place in the team's queue of fills.
  asked_at     timestamptz NOT NULL DEFAULT now(),
  -- Pinned or asked for last goes last.
  last_used_at timestamptz NOT NULL DEFAULT now(),
  -- The end of its longest pin, kept here so that an eviction, which looks at this row, cannot miss a new pin.
  pinned_until timestamptz,
  -- Set while it is, or may still be, visible.
  cached_at    timestamptz,
  PRIMARY KEY (team, dataset, version)
);
CREATE INDEX cached_version_work ON cached_version (state) WHERE state <> 'cached';
CREATE INDEX cached_version_oldest ON cached_version (team, last_used_at) WHERE state = 'cached';

CREATE TABLE pin (
  team       text        NOT NULL,
  dataset    text        NOT NULL,
  version    text        NOT NULL,
  holder     text        NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (team, dataset, version, holder),
  FOREIGN KEY (team, dataset, version) REFERENCES cached_version ON DELETE CASCADE
);

-- The links {name}/{tag} of a dataset are to be looked at again while wished > made.
CREATE TABLE dataset_link (
  team    text   NOT NULL,
  dataset text   NOT NULL,
  -- Under which its links are now.
  name    text,
  wished  bigint NOT NULL DEFAULT 1,
  made    bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (team, dataset)
);
CREATE INDEX dataset_link_work ON dataset_link (team) WHERE wished > made;

CREATE TABLE output (
  team      text    NOT NULL,
  run       text    NOT NULL,
  job       text    NOT NULL,
  attempt   integer NOT NULL,
  name      text    NOT NULL,
  -- opening -> open -> local (sealed) -> uploading (copied) -> stored; or discarded, or failed.
  state     text    NOT NULL DEFAULT 'opening'
            CHECK (state IN ('opening', 'open', 'local', 'uploading', 'stored', 'discarded', 'failed')),
  dataset   text    NOT NULL,
  message   text,
  tags      text[]  NOT NULL DEFAULT '{}',
  -- The draft that the output is put into.
  version   text,
  digest    bytea,
  reason    text,
  -- Whether something of it lies below outputs/ or sealing/.
  kept      boolean NOT NULL DEFAULT true,
  opened_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (team, run, job, attempt, name)
);
CREATE INDEX output_work ON output (state) WHERE kept;
