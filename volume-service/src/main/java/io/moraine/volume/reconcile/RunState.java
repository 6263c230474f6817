package io.moraine.volume.reconcile;

import com.fasterxml.jackson.annotation.JsonValue;
import io.moraine.events.run.Outcome;
import java.util.List;
import java.util.Locale;

/** How far a run is. */
public enum RunState {
  /** No job of it is ready yet. */
  PREPARING,
  /** A job of it was told to start. */
  READY,
  /** It has ended; outputs are stored, or what it used is released. */
  FINISHING,
  SUCCEEDED,
  FAILED,
  CANCELLED,
  /** It could never be made ready. */
  REJECTED;

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static RunState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The state of a run whose work ended so. */
  static RunState of(Outcome outcome) {
    return switch (outcome) {
      case SUCCEEDED -> SUCCEEDED;
      case FAILED -> FAILED;
      case CANCELLED -> CANCELLED;
    };
  }

  /** The state of a run that is not closed. */
  static RunState open(Desired desired, Observed observed) {
    if (!observed.rejected().isEmpty()) {
      return REJECTED;
    }
    if (desired.outcome().isPresent()) {
      return FINISHING;
    }
    List<Observed.Job> jobs = List.copyOf(observed.jobs().values());
    return jobs.stream().anyMatch(Observed.Job::ready) ? READY : PREPARING;
  }
}
