-- The collector's runs: when the last one of a store began, and up to when versions were looked at.
CREATE TABLE collection (
  store      text PRIMARY KEY REFERENCES provider,
  started_at timestamptz NOT NULL,
  -- When the last run that came to its end began: what changed since then, it has not seen.
  whole_at   timestamptz
);

-- What lies in an object: to see whether it holds anything any more, and how much.
CREATE INDEX content_object ON content (store, object);

-- Small contents that are objects of their own, until they are packed.
CREATE INDEX content_loose ON content (store, created_at)
  WHERE size_bytes < 1048576 AND position('/blobs/' IN object) > 0;

CREATE INDEX object_deletion_since ON object_deletion (store, since);
