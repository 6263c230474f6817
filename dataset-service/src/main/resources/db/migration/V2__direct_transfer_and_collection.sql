-- Set by a collector's run that found the content unreachable; cleared by whoever refers to it (ADR 0009).
ALTER TABLE content ADD COLUMN condemned_at timestamptz;
CREATE INDEX content_condemned ON content (store, condemned_at) WHERE condemned_at IS NOT NULL;

-- Objects that hold nothing any more, until the bucket has forgotten them.
CREATE TABLE object_deletion (
  store      text        NOT NULL REFERENCES provider,
  object     text        NOT NULL,
  since      timestamptz NOT NULL DEFAULT now(),
  -- Set once the deletion is on its way to the bucket: nobody takes it back then.
  claimed_at timestamptz,
  PRIMARY KEY (store, object)
);

-- The root that an open version begins from, its base's: the base itself may be deleted meanwhile.
ALTER TABLE version
  ADD COLUMN base_digest bytea,
  ADD COLUMN base_files  bigint,
  ADD COLUMN base_bytes  bigint,
  -- When something was last put into it, within an hour: abandoned drafts expire by it.
  ADD COLUMN touched_at  timestamptz NOT NULL DEFAULT now();

-- Which committed versions stay without being asked for; all of them where no rule is set.
ALTER TABLE dataset
  ADD COLUMN keep_last              integer CHECK (keep_last > 0),
  ADD COLUMN keep_younger_than_days integer CHECK (keep_younger_than_days > 0),
  ADD COLUMN keep_tagged            boolean;

-- Datasets whose record in the bucket is behind their rows.
CREATE TABLE dataset_record_due (
  dataset text PRIMARY KEY
);
