package io.moraine.cli.client;

import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The calls to volume-service that commands need. Thread-safe. */
public final class Runs {
  private static final int PAGE = 1000;

  private final Service service;

  public Runs(Stack stack) {
    service =
        new Service("volume-service", stack.volumeService(), "MORAINE_VOLUME_URL", stack.apiKey());
  }

  /** A run as it stands. */
  public record Run(RunName run, String state, List<String> reasons, List<Job> jobs) {
    private static final Set<String> TERMINAL =
        Set.of("succeeded", "failed", "cancelled", "rejected");

    public Run {
      reasons = reasons == null ? List.of() : List.copyOf(reasons);
      jobs = jobs == null ? List.of() : List.copyOf(jobs);
    }

    public boolean is(String asked) {
      return state.equals(asked);
    }

    /** Whether nothing more will happen to it. */
    public boolean isTerminal() {
      return TERMINAL.contains(state);
    }

    /** Every input of its jobs. */
    public List<Input> inputs() {
      return jobs.stream().flatMap(job -> job.inputs().stream()).toList();
    }

    /** Why it, and each of its jobs, is as it is: empty when all went as it should. */
    public String explanation() {
      return Stream.concat(reasons.stream(), jobs.stream().flatMap(job -> job.reason().stream()))
          .distinct()
          .collect(Collectors.joining(" "));
    }

    /** Every output of its jobs. */
    public List<Output> outputs() {
      return jobs.stream().flatMap(job -> job.outputs().stream()).toList();
    }
  }

  /**
   * One job of a run.
   *
   * @param reason why it ended otherwise than its work did
   */
  public record Job(
      RunName job,
      String state,
      Optional<String> reason,
      List<Input> inputs,
      List<Output> outputs) {
    public Job {
      inputs = inputs == null ? List.of() : List.copyOf(inputs);
      outputs = outputs == null ? List.of() : List.copyOf(outputs);
    }
  }

  /** What a job reads: the version that its ref was frozen to. */
  public record Input(RunName name, Optional<DatasetId> dataset, Optional<VersionId> version) {}

  /**
   * What a job writes.
   *
   * @param version that it became, when it did
   */
  public record Output(
      RunName name,
      String type,
      Optional<DatasetId> dataset,
      Optional<VersionId> version,
      Optional<String> state,
      Optional<String> reason) {}

  /** A directory that lives as long as its run. */
  public record Volume(String id, String kind, Optional<RunName> run, String name, String phase) {}

  private record Mounts(List<Mount> mounts) {}

  private record VolumePage(List<Volume> items, Optional<String> nextCursor) {}

  /** Empty as long as volume-service has not heard of it. */
  public Optional<Run> find(RunName run) throws InterruptedException {
    return service.find(Service.path("runs", run), Run.class);
  }

  /** What a job that is ready sees where. */
  public List<Mount> mounts(RunName run, RunName job) throws InterruptedException {
    return service
        .get(
            Service.path("runs", run, "mounts") + "?job=" + Service.encode(job.text()),
            Mounts.class)
        .mounts();
  }

  /** The volumes of {@code run} that exist. */
  public List<Volume> volumes(RunName run) throws InterruptedException {
    List<Volume> found = new ArrayList<>();
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      VolumePage page =
          service.get(
              "/volumes?limit=" + PAGE + "&cursor=" + Service.encode(cursor.get()),
              VolumePage.class);
      page.items().stream()
          .filter(volume -> volume.run().filter(run::equals).isPresent())
          .forEach(found::add);
      cursor = page.nextCursor();
    }
    return found;
  }
}
