-- A version for which there is no room now waits for it.
ALTER TABLE cached_version DROP CONSTRAINT cached_version_state_check;
ALTER TABLE cached_version ADD CONSTRAINT cached_version_state_check
  CHECK (state IN ('wanted', 'filling', 'waiting', 'cached', 'evicting', 'failed'));
-- How much room it lacked when it was listed last: without so much it need not be listed again.
ALTER TABLE cached_version ADD COLUMN missing_bytes bigint;
ALTER TABLE cached_version ADD COLUMN waiting_since timestamptz;

-- When it failed last: what keeps failing goes behind what was not tried yet.
ALTER TABLE output ADD COLUMN tried_at timestamptz;
ALTER TABLE dataset_link ADD COLUMN tried_at timestamptz;

-- What was deleted while it is pinned stays until its pins end.
CREATE INDEX cached_version_unwanted ON cached_version (team) WHERE state = 'cached' AND NOT wanted;
