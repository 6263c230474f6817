package io.moraine.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.run.InputSpec;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.RunFinished;
import io.moraine.events.run.RunStarted;
import io.moraine.events.run.SpecType;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Runs of one job, as a workflow engine makes them: Kafka in, REST to look. */
final class Runs {
  /** Killed processes have to come back first, on a machine that other tests load too. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Rest rest;
  private final Engine engine;
  private final TeamId team;

  Runs(Rest rest, Engine engine) {
    this.rest = rest;
    this.engine = engine;
    this.team = new TeamId(rest.team());
  }

  /**
   * Tells of a run that reads {@code input}, writes {@code output} and has a scratch volume;
   * returns its name.
   */
  RunName start(String input, String output) {
    RunName run = new RunName("r-" + UUID.randomUUID());
    engine.tell(
        new RunStarted(
            team,
            "local",
            run,
            "system-tests",
            Map.of(
                new RunName("raw"),
                new InputSpec(
                    SpecType.DATASET,
                    Optional.of(DatasetRef.parse(input)),
                    Optional.empty(),
                    List.of())),
            Map.of(
                new RunName("model"),
                new OutputSpec(
                    SpecType.DATASET,
                    Optional.of(DatasetRef.parse(output)),
                    Optional.of("made by " + run),
                    List.of(new TagName("candidate")),
                    OptionalLong.empty()),
                new RunName("scratch"),
                new OutputSpec(
                    SpecType.VOLUME,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    OptionalLong.of(1 << 20))),
            List.of()));
    return run;
  }

  void finish(RunName run, Outcome outcome) {
    engine.tell(new RunFinished(team, run, outcome));
  }

  /** Where the run's only job finds things, by mount path, once it is ready. */
  Map<String, Path> awaitMounts(RunName run) {
    JsonNode mounts =
        await("JobReady of " + run)
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> rest.get("/runs/" + run + "/mounts").ok().json(), m -> true);
    JsonNode list = mounts.isArray() ? mounts : mounts.get("mounts");
    Map<String, Path> places = new java.util.HashMap<>();
    list.forEach(m -> places.put(m.get("path").textValue(), Path.of(m.get("source").textValue())));
    return places;
  }

  /** The run once it has come to this end. */
  JsonNode awaitEnd(RunName run, String state) {
    return await(run + " " + state)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> rest.get("/runs/" + run).ok().json(),
            r -> r.get("state").textValue().equals(state));
  }
}
