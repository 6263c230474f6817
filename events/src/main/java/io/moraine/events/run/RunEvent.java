package io.moraine.events.run;

import io.moraine.events.Event;
import io.moraine.vocabulary.RunName;

/**
 * What a workflow engine tells about a run: topic {@code moraine.runs}. The producers are not ours,
 * so nothing here is believed before its token is checked.
 */
public sealed interface RunEvent extends Event
    permits RunQueued,
        RunStarted,
        JobStarted,
        JobFinished,
        RunHeartbeat,
        RunCancelled,
        RunFinished {
  /** The run's name, unique in its team. */
  RunName run();

  @Override
  default String key() {
    return run().text();
  }
}
