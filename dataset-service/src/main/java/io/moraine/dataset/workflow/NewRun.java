package io.moraine.dataset.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.run.JobSpec;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.util.List;

/**
 * A run that begins.
 *
 * @param cluster the region that it runs in
 * @param keyId the key in whose name it begins
 */
record NewRun(
    TeamId team,
    String workflow,
    int number,
    String cluster,
    String keyId,
    JsonNode spec,
    List<JobSpec> jobs) {
  /** Its name in {@code moraine.runs}. */
  RunName run() {
    return new RunName("workflow-" + workflow + "-" + number);
  }
}
