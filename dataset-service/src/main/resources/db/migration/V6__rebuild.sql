-- Rebuilding a lost database from its buckets.
CREATE TABLE rebuild (
  id         text PRIMARY KEY,
  state      text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
  -- What was found so far.
  teams      integer     NOT NULL DEFAULT 0,
  datasets   bigint      NOT NULL DEFAULT 0,
  versions   bigint      NOT NULL DEFAULT 0,
  contents   bigint      NOT NULL DEFAULT 0,
  bytes      bigint      NOT NULL DEFAULT 0,
  -- Why it failed, or what could not be brought back.
  reason     text        NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX rebuild_one ON rebuild ((true)) WHERE state = 'running';
