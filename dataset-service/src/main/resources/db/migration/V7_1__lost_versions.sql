-- Versions that a bucket has a record of and that a rebuild could not bring back. For 30 days nothing of their store is
-- collected, so that somebody may mend the bucket and rebuild once more.
CREATE TABLE lost_version (
  dataset text        NOT NULL,
  version text        NOT NULL,
  reason  text        NOT NULL,
  lost_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (dataset, version)
);
