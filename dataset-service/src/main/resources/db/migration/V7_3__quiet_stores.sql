-- How many events the datasets of the store had when its last run began, and when its last whole one did: a deletion leaves
-- no other trace.
ALTER TABLE collection
  ADD COLUMN started_events bigint NOT NULL DEFAULT 0,
  ADD COLUMN whole_events   bigint NOT NULL DEFAULT 0;
