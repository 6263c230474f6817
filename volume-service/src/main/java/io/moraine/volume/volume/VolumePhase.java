package io.moraine.volume.volume;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a volume is. */
public enum VolumePhase {
  /** Wanted; the driver may or may not have made it. */
  PENDING,
  /** There. */
  PROVISIONED,
  /** No longer wanted; the driver may or may not have removed it. */
  RELEASING,
  /** Gone with all that was in it. */
  RELEASED,
  /** The driver could not make it; it is tried again. */
  FAILED;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static VolumePhase of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
