package io.moraine.events.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How work ended. Only what succeeded becomes a version. */
public enum Outcome {
  @JsonProperty("succeeded")
  SUCCEEDED,
  @JsonProperty("failed")
  FAILED,
  @JsonProperty("cancelled")
  CANCELLED
}
