package io.moraine.cli.run;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Patience;
import io.moraine.cli.client.RunEvents;
import io.moraine.cli.client.Runs;
import io.moraine.cli.client.Runs.Run;
import io.moraine.cli.client.Stack;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.RunEvent;
import io.moraine.events.run.RunFinished;
import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One run, seen from its workflow engine's side. It tells Kafka that the run starts and how it
 * ended; what is known of it is asked for by REST, so that every step survives a restart of any
 * service. For one {@link #execute}, by one thread.
 */
public final class LocalRun implements AutoCloseable {
  /** What a shell says of a command that Ctrl-C ended. */
  private static final int CANCELLED = 130;

  private final RunSpec spec;
  private final TeamId team;
  private final Datasets datasets;
  private final Runs runs;
  private final RunEvents events;
  private final Duration limit;

  /**
   * @param limit of each wait for the services
   */
  public LocalRun(Stack stack, RunSpec spec, Duration limit) throws InterruptedException {
    this.spec = spec;
    this.limit = limit;
    this.datasets = new Datasets(stack);
    this.runs = new Runs(stack);
    this.team = datasets.team().id();
    refuseUsedName();
    this.events = new RunEvents(stack);
  }

  private void refuseUsedName() throws InterruptedException {
    if (Patience.answer(limit, this::find).isPresent()) {
      throw new CommandFailed(
          "There has been a run called "
              + spec.name()
              + "; leave --name out or choose one that is new.");
    }
  }

  /** What is to be done when everything is there. */
  @FunctionalInterface
  public interface Work {
    /** Returns the exit code; an interrupt ends it. */
    int run(List<Mount> mounts) throws IOException, InterruptedException;
  }

  /**
   * How it all ended.
   *
   * @param run as volume-service has it: its outputs are stored, what it held is released
   * @param exitCode of the work; 130 when it was interrupted
   */
  public record Ended(Run run, int exitCode) {}

  /**
   * Starts the run, does {@code work} once it is ready, and finishes it: an exit code of 0 makes
   * the outputs versions. However the work ends, the run ends too; Ctrl-C cancels it.
   */
  public Ended execute(Work work) throws IOException, InterruptedException {
    try (Interruption interruption = new Interruption()) {
      int exitCode = startAndWork(work, interruption);
      tellFinished(outcome(exitCode));
      return new Ended(awaitEnd(), exitCode);
    }
  }

  private int startAndWork(Work work, Interruption interruption)
      throws IOException, InterruptedException {
    interruption.begin();
    try {
      produce(spec.started(team));
      return work.run(awaitReady());
    } catch (InterruptedException e) {
      return CANCELLED;
    } catch (RunRejected e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      interruption.end();
      tellFinished(Outcome.FAILED);
      throw e;
    } finally {
      interruption.end();
    }
  }

  private static Outcome outcome(int exitCode) {
    if (exitCode == 0) {
      return Outcome.SUCCEEDED;
    }
    // The terminal's Ctrl-C reaches the command too, and may end it before we hear of it.
    return exitCode == CANCELLED ? Outcome.CANCELLED : Outcome.FAILED;
  }

  /**
   * What the job sees where, once all of it is there. Fails with the reasons when it never will.
   */
  private List<Mount> awaitReady() throws InterruptedException {
    Run run =
        Patience.await(limit, () -> find().filter(seen -> !seen.is("preparing")))
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "Run "
                            + spec.name()
                            + " is not ready after "
                            + limit.toSeconds()
                            + " s. 'moraine logs volume-service' may say why; --timeout waits"
                            + " longer."));
    if (run.is("ready")) {
      return Patience.answer(limit, () -> runs.mounts(spec.name(), RunName.MAIN));
    }
    throw new RunRejected("Run " + spec.name() + " is " + run.state() + ": " + run.explanation());
  }

  private void tellFinished(Outcome outcome) throws InterruptedException {
    produce(new RunFinished(team, spec.name(), outcome));
  }

  /** Waits until outputs are versions (or discarded) and what the run held is released. */
  private Run awaitEnd() throws InterruptedException {
    return Patience.await(limit, () -> find().filter(Run::isTerminal))
        .orElseThrow(
            () ->
                new CommandFailed(
                    "Run "
                        + spec.name()
                        + " has ended, but its outputs are not stored after "
                        + limit.toSeconds()
                        + " s. The services go on with it; ask GET /runs/"
                        + spec.name()
                        + " of volume-service later."));
  }

  private Optional<Run> find() throws InterruptedException {
    return runs.find(spec.name());
  }

  /** With a fresh token: the work may take longer than one lives. */
  private void produce(RunEvent event) throws InterruptedException {
    String token = Patience.answer(limit, () -> datasets.runToken(spec.name())).token();
    events.produce(event, token);
  }

  @Override
  public void close() {
    events.close();
  }
}
