-- When somebody last tried to roll the version forward and failed: those wait behind the others, which may fare better.
ALTER TABLE version ADD COLUMN tried_at timestamptz;
DROP INDEX version_unfinished;
CREATE INDEX version_unfinished ON version (tried_at NULLS FIRST, dataset, id)
  WHERE state IN ('committing', 'deleting') OR (state = 'committed' AND staged);
