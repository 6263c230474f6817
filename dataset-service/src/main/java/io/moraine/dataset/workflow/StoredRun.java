package io.moraine.dataset.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.dataset.workflow.RunView.Input;
import io.moraine.dataset.workflow.RunView.JobStatus;
import io.moraine.dataset.workflow.RunView.Output;
import io.moraine.dataset.workflow.RunView.Phase;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the tables know of a run. */
record StoredRun(
    String workflow,
    int number,
    String run,
    String logId,
    String cluster,
    JsonNode spec,
    Optional<Instant> rejectedAt,
    List<String> reasons,
    Instant createdAt,
    List<StoredJob> jobs) {
  /**
   * @param outputs its dataset outputs
   * @param written versions that are such an output, or a draft of one
   * @param inputs what dataset inputs were frozen to
   */
  record StoredJob(
      String job,
      String logId,
      List<String> outputs,
      Optional<Instant> readyAt,
      Map<String, String> inputs,
      List<Written> written) {
    private boolean isDone() {
      return !outputs.isEmpty()
          && outputs.stream()
              .allMatch(o -> written.stream().anyMatch(w -> w.output().equals(o) && w.committed()));
    }

    private JobStatus status() {
      Map<String, Input> frozen = new LinkedHashMap<>();
      inputs.forEach((name, ref) -> frozen.put(name, new Input(new RunView.FrozenDataset(ref))));
      Map<String, Output> became = new LinkedHashMap<>();
      written.stream()
          .sorted(Comparator.comparing(Written::committed))
          .forEach(
              w ->
                  became.put(
                      w.output(), new Output(new RunView.OutputDataset(w.ref(), w.committed()))));
      Phase phase =
          isDone() ? Phase.SUCCEEDED : readyAt.isPresent() ? Phase.RUNNING : Phase.PENDING;
      return new JobStatus(phase, logId, frozen, became, readyAt, finishedAt());
    }

    private Optional<Instant> finishedAt() {
      return isDone()
          ? written.stream().flatMap(w -> w.committedAt().stream()).max(Comparator.naturalOrder())
          : Optional.empty();
    }
  }

  /** A version that a job wrote. */
  record Written(String output, String ref, boolean committed, Optional<Instant> committedAt) {}

  RunView view() {
    Map<String, JobStatus> all = new LinkedHashMap<>();
    jobs.forEach(job -> all.put(job.job(), job.status()));
    return new RunView(
        Integer.toString(number),
        workflow,
        run,
        new RunView.Cluster(cluster),
        spec,
        createdAt,
        new RunView.Status(
            phase(), logId, workflowInputs(), all, startedAt(), finishedAt(), reasons));
  }

  private Phase phase() {
    if (rejectedAt.isPresent()) {
      return Phase.FAILED;
    }
    if (isDone()) {
      return Phase.SUCCEEDED;
    }
    return startedAt().isPresent() ? Phase.RUNNING : Phase.PENDING;
  }

  private boolean isDone() {
    return jobs.stream().allMatch(StoredJob::isDone);
  }

  private Optional<Instant> startedAt() {
    return jobs.stream().flatMap(job -> job.readyAt().stream()).min(Comparator.naturalOrder());
  }

  private Optional<Instant> finishedAt() {
    return rejectedAt.or(
        () ->
            isDone()
                ? jobs.stream()
                    .flatMap(job -> job.finishedAt().stream())
                    .max(Comparator.naturalOrder())
                : Optional.empty());
  }

  /** What the workflow's own inputs were frozen to, seen where a job has one by its name. */
  private Map<String, Input> workflowInputs() {
    Map<String, Input> frozen = new LinkedHashMap<>();
    spec.path("jobs")
        .fields()
        .forEachRemaining(
            job ->
                job.getValue()
                    .path("inputs")
                    .fields()
                    .forEachRemaining(
                        input ->
                            aliased(input.getValue())
                                .forEach(
                                    name ->
                                        ref(job.getKey(), input.getKey())
                                            .ifPresent(
                                                ref ->
                                                    frozen.putIfAbsent(
                                                        name,
                                                        new Input(
                                                            new RunView.FrozenDataset(ref)))))));
    return frozen;
  }

  private static Stream<String> aliased(JsonNode input) {
    String alias = input.asText("");
    return alias.startsWith("workflow.inputs.")
        ? Stream.of(alias.substring("workflow.inputs.".length()))
        : Stream.empty();
  }

  private Optional<String> ref(String job, String input) {
    return jobs.stream()
        .filter(stored -> stored.job().equals(job))
        .flatMap(stored -> Stream.ofNullable(stored.inputs().get(input)))
        .findFirst();
  }
}
