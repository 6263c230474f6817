package io.moraine.events.run;

import io.moraine.vocabulary.RunName;
import java.util.List;
import java.util.Map;

/**
 * What {@link RunQueued} and {@link RunStarted} share: the first of them that is heard freezes the
 * run's refs.
 */
public sealed interface RunAnnouncement permits RunQueued, RunStarted {
  String region();

  String engine();

  Map<RunName, InputSpec> inputs();

  Map<RunName, OutputSpec> outputs();

  List<JobSpec> jobs();

  /**
   * The jobs; a run that names none has the one job {@code main} with the inputs and outputs of the
   * run.
   */
  default List<JobSpec> effectiveJobs() {
    return jobs().isEmpty()
        ? List.of(new JobSpec(RunName.MAIN, List.of(), inputs(), outputs()))
        : jobs();
  }
}
