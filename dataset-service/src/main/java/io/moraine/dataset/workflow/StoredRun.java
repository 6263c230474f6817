package io.moraine.dataset.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.dataset.workflow.RunView.Input;
import io.moraine.dataset.workflow.RunView.JobStatus;
import io.moraine.dataset.workflow.RunView.Output;
import io.moraine.dataset.workflow.RunView.Phase;
import io.moraine.events.run.Outcome;
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
  /** How a job ended. */
  record End(Outcome outcome, Instant at) {
    private boolean failed() {
      return outcome != Outcome.SUCCEEDED;
    }
  }

  /**
   * @param inputs what dataset inputs were frozen to
   * @param end none before it has ended
   * @param written versions that are a dataset output, or a draft of one
   */
  record StoredJob(
      String job,
      String logId,
      Optional<Instant> readyAt,
      Map<String, String> inputs,
      Optional<End> end,
      List<Written> written) {
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
      return new JobStatus(phase(), logId, frozen, became, readyAt, end.map(End::at));
    }

    private Phase phase() {
      return end.map(e -> e.failed() ? Phase.FAILED : Phase.SUCCEEDED)
          .orElse(readyAt.isPresent() ? Phase.RUNNING : Phase.PENDING);
    }
  }

  /** A version that a job wrote. */
  record Written(String output, String ref, boolean committed) {}

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
    if (hasEnded()) {
      return ends().anyMatch(End::failed) ? Phase.FAILED : Phase.SUCCEEDED;
    }
    return startedAt().isPresent() ? Phase.RUNNING : Phase.PENDING;
  }

  private boolean hasEnded() {
    return ends().count() == jobs.size();
  }

  private Stream<End> ends() {
    return jobs.stream().flatMap(job -> job.end().stream());
  }

  private Optional<Instant> startedAt() {
    return jobs.stream().flatMap(job -> job.readyAt().stream()).min(Comparator.naturalOrder());
  }

  private Optional<Instant> finishedAt() {
    return rejectedAt.or(
        () -> hasEnded() ? ends().map(End::at).max(Comparator.naturalOrder()) : Optional.empty());
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
