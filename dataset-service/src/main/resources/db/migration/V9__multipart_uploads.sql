-- Files that arrive in parts. A completed one stays for as long as its completion may be asked for again.
CREATE TABLE multipart_upload (
  id         text PRIMARY KEY,
  team       text        NOT NULL,
  dataset    text        NOT NULL,
  version    text        NOT NULL,
  path       text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When a part last arrived, within a minute: abandoned uploads expire by it.
  touched_at timestamptz NOT NULL DEFAULT now(),
  -- The file's, once it is completed: its parts keep nothing alive any more.
  etag       text
);
CREATE INDEX multipart_upload_version ON multipart_upload (dataset, version, path, id);
CREATE INDEX multipart_upload_touched ON multipart_upload (touched_at);

-- Each part is a content of the store.
CREATE TABLE multipart_part (
  upload     text        NOT NULL REFERENCES multipart_upload ON DELETE CASCADE,
  number     integer     NOT NULL CHECK (number BETWEEN 1 AND 10000),
  size_bytes bigint      NOT NULL,
  kind       smallint    NOT NULL,
  digest     bytea       NOT NULL,
  put_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (upload, number)
);

-- What S3 clients see as an open version's files' time, and compare with their own.
ALTER TABLE staged_change ADD COLUMN staged_at timestamptz NOT NULL DEFAULT now();
