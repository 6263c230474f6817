package io.moraine.cache.output;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.kit.auth.Caller;
import io.moraine.kit.database.Database;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;

/** What a job writes, from its first directory to the committed version. */
@Path("/outputs/{run}/{job}/{attempt}")
@Blocking
public class OutputResource {
  private static final Logger LOG = Logger.getLogger(OutputResource.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_OUTPUTS = 100;

  private final Caller caller;
  private final Database database;
  private final OutputStore store;
  private final OutputWorker worker;
  private final AdvanceOutput outputs;
  private final ShareStorage storage;

  OutputResource(
      Caller caller,
      Database database,
      OutputStore store,
      OutputWorker worker,
      AdvanceOutput outputs,
      ShareStorage storage) {
    this.caller = caller;
    this.database = database;
    this.store = store;
    this.worker = worker;
    this.outputs = outputs;
    this.storage = storage;
  }

  /** What is wanted of an attempt's outputs. */
  public enum Wish {
    OPEN,
    SEAL,
    DISCARD;

    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static Wish of(String text) {
      for (Wish wish : values()) {
        if (wish.text().equals(text)) {
          return wish;
        }
      }
      throw new IllegalArgumentException(
          "state \"" + text + "\" is not valid: one of open, seal, discard.");
    }
  }

  /** Which dataset an output becomes a version of. */
  public record Target(DatasetId dataset, Optional<String> message, Optional<List<TagName>> tags) {}

  /**
   * @param outputs by name, with {@code open} only
   */
  public record Request(Wish state, Optional<Map<RunName, Target>> outputs) {}

  /**
   * @param path where the job writes
   * @param version its draft, and what the draft became
   */
  public record OutputAnswer(
      String state,
      String path,
      DatasetId dataset,
      Optional<VersionId> version,
      Optional<Sha256> digest,
      Optional<String> reason) {}

  /**
   * @param state what is wanted
   */
  public record Answer(Wish state, Map<RunName, OutputAnswer> outputs) {}

  @GET
  @Operation(summary = "How far a job's outputs are")
  public Answer get(
      @PathParam("run") RunName run,
      @PathParam("job") RunName job,
      @PathParam("attempt") int attempt) {
    return answer(attempt(run, job, attempt));
  }

  @PUT
  @Operation(summary = "Says what is wanted of a job's outputs: open, seal or discard. Repeatable")
  public Answer put(
      @PathParam("run") RunName run,
      @PathParam("job") RunName job,
      @PathParam("attempt") int attempt,
      Request request) {
    OutputKey key = attempt(run, job, attempt);
    if (request == null || request.state() == null) {
      throw new RequestProblem.Invalid("state is missing: one of open, seal, discard.").exception();
    }
    switch (request.state()) {
      case OPEN -> open(key, request.outputs().orElse(Map.of()));
      case SEAL -> decide(key, Wish.SEAL, OutputState.LOCAL, OutputState.OPENING, OutputState.OPEN);
      case DISCARD ->
          decide(
              key,
              Wish.DISCARD,
              OutputState.DISCARDED,
              OutputState.OPENING,
              OutputState.OPEN,
              OutputState.FAILED);
    }
    worker.wake();
    return answer(key);
  }

  private void open(OutputKey attempt, Map<RunName, Target> targets) {
    if (targets.isEmpty() || targets.size() > MOST_OUTPUTS) {
      throw new RequestProblem.Invalid(
              "outputs must name 1 to %d outputs, not %d.".formatted(MOST_OUTPUTS, targets.size()))
          .exception();
    }
    List<Output> wanted =
        targets.entrySet().stream().map(t -> output(attempt, t.getKey(), t.getValue())).toList();
    database
        .transaction(
            tx ->
                Multi.createFrom()
                    .iterable(wanted)
                    .onItem()
                    .transformToUniAndConcatenate(output -> store.open(tx, output))
                    .collect()
                    .asList())
        .await()
        .atMost(PATIENCE);
    for (Output output : wanted) {
      try {
        outputs.advance(output.key());
      } catch (IOException e) {
        LOG.warnf("%s is opened later: %s", output.key(), e.getMessage());
      }
    }
  }

  private static Output output(OutputKey attempt, RunName name, Target target) {
    if (target == null || target.dataset() == null) {
      throw new RequestProblem.Invalid("output " + name + " names no dataset.").exception();
    }
    return new Output(
        key(attempt, name),
        OutputState.OPENING,
        target.dataset(),
        target.message(),
        target.tags().orElse(List.of()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private void decide(OutputKey attempt, Wish wish, OutputState to, OutputState... from) {
    List<Output> before = outputs(attempt);
    boolean decided =
        switch (wish) {
          case SEAL -> before.stream().anyMatch(o -> o.state() == OutputState.DISCARDED);
          default -> before.stream().anyMatch(OutputResource::isSealed);
        };
    if (decided) {
      throw new OutputProblem.Decided(
              attempt.run(),
              attempt.job(),
              attempt.attempt(),
              wish == Wish.SEAL ? "be sealed" : "be discarded",
              wish == Wish.SEAL ? "discarded" : "sealed")
          .exception();
    }
    store.move(attempt, List.of(from), to).await().atMost(PATIENCE);
  }

  private static boolean isSealed(Output output) {
    return output.state() == OutputState.LOCAL
        || output.state() == OutputState.UPLOADING
        || output.state() == OutputState.STORED;
  }

  private List<Output> outputs(OutputKey attempt) {
    List<Output> found = store.attemptOf(attempt).await().atMost(PATIENCE);
    if (found.isEmpty()) {
      throw new OutputProblem.NotOpened(attempt.run(), attempt.job(), attempt.attempt())
          .exception();
    }
    return found;
  }

  private Answer answer(OutputKey attempt) {
    Map<RunName, OutputAnswer> answers = new LinkedHashMap<>();
    List<Output> all = outputs(attempt);
    for (Output output : all) {
      OutputKey key = output.key();
      answers.put(
          key.name(),
          new OutputAnswer(
              output.state().text(),
              storage
                  .team(key.team())
                  .outputs()
                  .directory(key.run(), key.job(), key.attempt(), key.name())
                  .toString(),
              output.dataset(),
              output.version(),
              output.digest(),
              output.reason()));
    }
    return new Answer(wish(all), answers);
  }

  private static Wish wish(List<Output> outputs) {
    if (outputs.stream().allMatch(o -> o.state() == OutputState.DISCARDED)) {
      return Wish.DISCARD;
    }
    return outputs.stream().anyMatch(OutputResource::isSealed) ? Wish.SEAL : Wish.OPEN;
  }

  private OutputKey attempt(RunName run, RunName job, int attempt) {
    if (attempt < 1) {
      throw new RequestProblem.Invalid("attempts count from 1, not " + attempt + ".").exception();
    }
    // Any name: it only stands for the attempt.
    return new OutputKey(caller.team(), run, job, attempt, RunName.MAIN);
  }

  private static OutputKey key(OutputKey attempt, RunName name) {
    return new OutputKey(attempt.team(), attempt.run(), attempt.job(), attempt.attempt(), name);
  }
}
