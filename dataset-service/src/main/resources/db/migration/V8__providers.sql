-- Buckets of teams' own. Of a managed one nothing of this is set: it lies in the installation's bucket.
ALTER TABLE provider
  ADD COLUMN bucket            text,
  ADD COLUMN prefix            text    NOT NULL DEFAULT '',
  -- What is not set is AWS's, or follows from the endpoint.
  ADD COLUMN endpoint          text,
  ADD COLUMN region            text,
  ADD COLUMN signature_version text,
  ADD COLUMN url_style         text CHECK (url_style IN ('path', 'virtual')),
  ADD COLUMN access_key        text,
  -- The secret access key, sealed with the provider's id (AES-GCM, by Tink: 0x01, the key's id, nonce, ciphertext).
  ADD COLUMN secret            bytea,
  -- What the last probe found.
  ADD COLUMN takes_conditions  boolean,
  ADD COLUMN keeps_objects     boolean,
  ADD COLUMN enforces_checksums boolean,
  ADD COLUMN probed_at         timestamptz,
  -- Counts changes: who has read an older one writes nothing over it, and clients of the bucket are made anew.
  ADD COLUMN revision          bigint  NOT NULL DEFAULT 0,
  ADD CONSTRAINT provider_own CHECK (managed OR (bucket IS NOT NULL AND access_key IS NOT NULL AND secret IS NOT NULL
    AND takes_conditions IS NOT NULL AND keeps_objects IS NOT NULL AND enforces_checksums IS NOT NULL));

-- Which provider is a dataset's: asked before one is deleted or moved.
CREATE INDEX dataset_provider ON dataset (provider);

-- Of a dataset whose row is gone: where its records lie.
ALTER TABLE dataset_record_due ADD COLUMN provider text;
