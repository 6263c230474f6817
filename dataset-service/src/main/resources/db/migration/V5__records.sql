-- Records in the bucket follow the rows. Which team's the dataset is, even when its own row is gone, and how many changes
-- there were: a record that was written takes back only those it has seen.
ALTER TABLE dataset_record_due
  ADD COLUMN team    text   NOT NULL,
  ADD COLUMN changes bigint NOT NULL DEFAULT 1;

-- Every change of what a record says leaves an event in its transaction: so here, once for all, it becomes due.
CREATE FUNCTION dataset_record_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dataset_record_due AS due (dataset, team)
  VALUES (NEW.key, convert_from(NEW.payload, 'UTF8')::json ->> 'team')
  ON CONFLICT (dataset) DO UPDATE SET changes = due.changes + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER dataset_record_is_due AFTER INSERT ON outbox FOR EACH ROW
  WHEN (NEW.topic = 'moraine.datasets' AND NEW.type NOT LIKE '%VersionCreated%')
  EXECUTE FUNCTION dataset_record_is_due();

-- Since the commit, whose record has the message it had then.
ALTER TABLE version ADD COLUMN message_edited boolean NOT NULL DEFAULT false;

-- Whether the team's own record is in the bucket.
ALTER TABLE team ADD COLUMN recorded boolean NOT NULL DEFAULT false;
