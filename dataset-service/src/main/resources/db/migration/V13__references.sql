-- Objects of teams' own buckets that contents are read from: an import by reference found them as they are said to be.
CREATE TABLE source_object (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider   text        NOT NULL REFERENCES provider,
  -- In the whole bucket, whatever prefix the provider has.
  key        text COLLATE "C" NOT NULL,
  etag       text        NOT NULL,
  -- Empty where the bucket keeps no versions: then the key has to have the ETag.
  version_id text        NOT NULL DEFAULT '',
  state      text        NOT NULL DEFAULT 'same' CHECK (state IN ('same', 'changed', 'gone')),
  looked_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, key, etag, version_id)
);
CREATE INDEX source_object_looked ON source_object (looked_at);

-- Which datasets hear when such an object changes: those that it was imported into.
CREATE TABLE source_dataset (
  source  bigint NOT NULL REFERENCES source_object ON DELETE CASCADE,
  dataset text   NOT NULL REFERENCES dataset ON DELETE CASCADE,
  PRIMARY KEY (source, dataset)
);
CREATE INDEX source_dataset_dataset ON source_dataset (dataset);

-- Where contents lie that nobody has copied. One that is in content as well is read from there.
CREATE TABLE content_reference (
  store        text     NOT NULL REFERENCES provider,
  kind         smallint NOT NULL,
  digest       bytea    NOT NULL,
  source       bigint   NOT NULL REFERENCES source_object,
  offset_bytes bigint   NOT NULL,
  size_bytes   bigint   NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  condemned_at timestamptz,
  PRIMARY KEY (store, kind, digest)
);
CREATE INDEX content_reference_source ON content_reference (source);
CREATE INDEX content_reference_condemned ON content_reference (store, condemned_at) WHERE condemned_at IS NOT NULL;

-- What a delivery said: its name is not signed, so the same words under another name are the same delivery.
ALTER TABLE hook_delivery ADD COLUMN payload bytea;
CREATE INDEX hook_delivery_payload ON hook_delivery (hook, payload);
