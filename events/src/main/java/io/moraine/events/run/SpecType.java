package io.moraine.events.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an input or output is. */
public enum SpecType {
  @JsonProperty("dataset")
  DATASET,
  @JsonProperty("volume")
  VOLUME
}
