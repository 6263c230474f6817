-- When the job was told that it may start, and when it had ended, its outputs included.
ALTER TABLE job ADD COLUMN ready_at timestamptz, ADD COLUMN ended_at timestamptz;

-- Of jobs that were told before it was written down only the time of their run is known.
UPDATE job j SET ready_at = r.created_at FROM run r WHERE r.team = j.team AND r.name = j.run AND j.mounts IS NOT NULL;
