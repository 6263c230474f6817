package io.moraine.dataset.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.ref.Refs;
import io.moraine.events.run.InputSpec;
import io.moraine.events.run.JobSpec;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.RunStarted;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Starts a run: its rows and its RunStarted in one transaction. What the spec names has to be there
 * by then; volume-service freezes the refs, so it may still refuse the run later. Thread-safe.
 */
@ApplicationScoped
class StartRun {
  private static final String ENGINE = "gradient-workflow";

  private final Database database;
  private final WorkflowStore store;
  private final Refs refs;
  private final Datasets datasets;
  private final Outbox outbox;

  StartRun(Database database, WorkflowStore store, Refs refs, Datasets datasets, Outbox outbox) {
    this.database = database;
    this.store = store;
    this.refs = refs;
    this.datasets = datasets;
    this.outbox = outbox;
  }

  /** The new run's number. */
  Uni<Integer> of(
      TeamId team, String keyId, String workflow, String cluster, JsonNode spec, RunSpec read) {
    return missing(team, read)
        .chain(
            reasons -> {
              if (!reasons.isEmpty()) {
                throw new WorkflowProblem.InvalidSpec(reasons).exception();
              }
              return database.transaction(
                  tx ->
                      store
                          .nextNumber(tx, team, workflow)
                          .map(number -> number.orElseThrow(() -> missing(workflow)))
                          .map(
                              number ->
                                  new NewRun(
                                      team, workflow, number, cluster, keyId, spec, read.jobs()))
                          .chain(run -> start(tx, run)));
            });
  }

  static RuntimeException missing(String workflow) {
    return new RequestProblem.NotFound("workflow", workflow).exception();
  }

  private Uni<Integer> start(Transaction tx, NewRun run) {
    RunStarted event =
        new RunStarted(
            run.team(), run.cluster(), run.run(), ENGINE, Map.of(), Map.of(), run.jobs());
    return store.insert(tx, run).chain(() -> outbox.append(tx, event)).replaceWith(run.number());
  }

  /** What the spec names and is not there. */
  private Uni<List<String>> missing(TeamId team, RunSpec spec) {
    Stream<Uni<Void>> inputs =
        spec.jobs().stream()
            .flatMap(job -> job.inputs().values().stream())
            .map(InputSpec::ref)
            .flatMap(Optional::stream)
            .distinct()
            .map(ref -> refs.visible(team, ref).replaceWithVoid());
    Stream<Uni<Void>> outputs =
        spec.jobs().stream()
            .map(JobSpec::outputs)
            .flatMap(named -> named.values().stream())
            .map(OutputSpec::ref)
            .flatMap(Optional::stream)
            .map(DatasetRef::dataset)
            .distinct()
            .map(name -> datasets.id(team, name).replaceWithVoid());
    return Multi.createFrom()
        .items(Stream.concat(inputs, outputs))
        .onItem()
        .transformToUniAndConcatenate(StartRun::reason)
        .collect()
        .asList();
  }

  /** Why it fails; nothing when it does not. */
  private static Uni<String> reason(Uni<Void> look) {
    return look.map(there -> (String) null)
        .onFailure(ProblemException.class)
        .recoverWithItem(e -> ((ProblemException) e).problem().detail());
  }
}
