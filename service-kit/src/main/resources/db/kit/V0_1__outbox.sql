-- The place of the last event of each key: taking the next one locks the key until the transaction ends, so that
-- events of one key stand in the outbox in the order of their transactions.
CREATE TABLE event_sequence (
  topic    text   NOT NULL,
  key      text   NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (topic, key)
);

-- Events that happened and are not in Kafka yet.
CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic      text        NOT NULL,
  key        text        NOT NULL,
  event_id   uuid        NOT NULL,
  type       text        NOT NULL,
  sequence   bigint      NOT NULL,
  time       timestamptz NOT NULL DEFAULT now(),
  payload    bytea       NOT NULL
);

-- The last event of each key that was heard: older ones are stale.
CREATE TABLE heard (
  topic    text   NOT NULL,
  key      text   NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (topic, key)
);
