-- What the handlers of the tests did.
CREATE TABLE effect (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset  text NOT NULL,
  what     text NOT NULL
);
