package io.moraine.dataset.workflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A run as the original client reads it.
 *
 * @param id its number in its workflow
 * @param run its name in {@code moraine.runs}, and in volume-service
 */
record RunView(
    String id,
    String workflowId,
    String run,
    Cluster cluster,
    @Schema(type = SchemaType.OBJECT, implementation = Object.class) JsonNode spec,
    Instant dtCreated,
    Status status) {
  record Cluster(String id) {}

  /**
   * @param reasons why it was refused
   */
  record Status(
      Phase phase,
      String logId,
      Map<String, Input> inputs,
      Map<String, JobStatus> jobs,
      Optional<Instant> started,
      Optional<Instant> finished,
      List<String> reasons) {}

  record JobStatus(
      Phase phase,
      String logId,
      Map<String, Input> inputs,
      Map<String, Output> outputs,
      Optional<Instant> started,
      Optional<Instant> finished) {}

  /** A dataset that an input was frozen to. */
  record Input(FrozenDataset dataset) {}

  record FrozenDataset(String id) {}

  record Output(OutputDataset dataset) {}

  /**
   * @param id {@code dataset:version}
   */
  record OutputDataset(String id, @JsonProperty("isCommitted") boolean isCommitted) {}

  /** What is known here; RUNNING means that it may run. */
  enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED
  }
}
