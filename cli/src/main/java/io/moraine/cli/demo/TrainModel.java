package io.moraine.cli.demo;

import io.moraine.cli.client.CachedVersions;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Datasets.Dataset;
import io.moraine.cli.client.Datasets.Origin;
import io.moraine.cli.client.Datasets.Version;
import io.moraine.cli.client.Runs;
import io.moraine.cli.client.Runs.Input;
import io.moraine.cli.client.Runs.Output;
import io.moraine.cli.client.Runs.Run;
import io.moraine.cli.client.Stack;
import io.moraine.cli.run.CommittedOutput;
import io.moraine.cli.run.LocalJob;
import io.moraine.cli.run.LocalRun;
import io.moraine.cli.run.RunNames;
import io.moraine.cli.run.RunSpec;
import io.moraine.cli.train.Trainer;
import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A run as a workflow engine makes it: its one job trains a model from a version. */
final class TrainModel {
  private static final RunName RAW = new RunName("raw");
  private static final RunName MODEL = new RunName("model");
  private static final RunName SCRATCH = new RunName("scratch");
  private static final RunName STORAGE = new RunName("storage");
  private static final TagName TAG = new TagName("candidate");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Stack stack;
  private final Narration narration;
  private final Datasets datasets;
  private final CachedVersions cache;
  private final Runs runs;

  TrainModel(Stack stack, Narration narration) {
    this.stack = stack;
    this.narration = narration;
    this.datasets = new Datasets(stack);
    this.cache = new CachedVersions(stack);
    this.runs = new Runs(stack);
  }

  /**
   * What the run left.
   *
   * @param directory of the model in the cache
   * @param storage the team's storage
   */
  record Trained(RunName run, Path directory, Path storage) {}

  /** Reads {@code input} by its {@code tag}; the model becomes a version of {@code models}. */
  Trained from(Dataset raw, Version input, TagName tag, Dataset models)
      throws IOException, InterruptedException {
    RunName name = RunNames.next();
    RunSpec spec =
        new RunSpec(
            name,
            Map.of(RAW, DatasetRef.parse(raw.name() + ":" + tag)),
            Map.of(MODEL, DatasetRef.parse(models.name().text())),
            Set.of(SCRATCH),
            Optional.of("Learnt from " + raw.name() + ":" + input.version() + " by run " + name),
            List.of(TAG));
    try (LocalRun run = new LocalRun(stack, spec, LIMIT)) {
      Map<RunName, Path> directories = new HashMap<>();
      LocalRun.Ended ended =
          run.execute(
              mounts -> {
                mounts.forEach(mount -> directories.put(mount.name(), Path.of(mount.source())));
                return work(name, mounts);
              });
      if (!ended.run().is("succeeded")) {
        throw new CommandFailed(
            "Run "
                + name
                + " "
                + ended.run().state()
                + " (exit code "
                + ended.exitCode()
                + "). "
                + ended.run().explanation());
      }
      Trained trained = trained(ended.run(), models, directories.get(STORAGE));
      requireGone(name, directories.get(SCRATCH));
      return trained;
    }
  }

  private int work(RunName run, List<Mount> mounts) throws IOException, InterruptedException {
    narration.done(
        "run",
        "%s told to Kafka and ready: %s",
        run,
        mounts.stream()
            .map(mount -> mount.path() + (mount.readOnly() ? " (read-only)" : ""))
            .collect(Collectors.joining(", ")));
    int exitCode = LocalJob.sandboxed(mounts, stack, narration::say).run(trainer());
    narration.done("job", "a process of its own, exit code %d", exitCode);
    return exitCode;
  }

  private Trained trained(Run run, Dataset models, Path storage) throws InterruptedException {
    Output output =
        run.outputs().stream()
            .filter(found -> found.name().equals(MODEL))
            .findFirst()
            .orElseThrow();
    Version version = datasets.version(models.id(), output.version().orElseThrow());
    narration.done("output", "%s", CommittedOutput.describe(output, datasets));
    narration.say("                     \"" + version.message() + "\"");
    narration.say("                     " + history(version, run));
    Path directory = cache.await(models.id(), version.version(), LIMIT);
    narration.done("cached", "the model too: %s", directory);
    return new Trained(run.run(), directory, storage);
  }

  private void requireGone(RunName run, Path scratch) throws InterruptedException {
    if (!runs.volumes(run).isEmpty() || Files.exists(scratch, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandFailed(
          "The volume " + scratch + " outlived run " + run + ": a bug of Moraine.");
    }
    narration.done("released", "the volume %s and all that was in it", SCRATCH);
  }

  /** Where a version came from, as the services tell it. */
  private static String history(Version version, Run run) {
    Origin origin = version.origin().orElseThrow();
    Input input = run.inputs().get(0);
    return String.format(
        "origin: output %s of run %s, whose input %s was %s:%s",
        origin.output(),
        origin.run(),
        input.name(),
        input.dataset().orElseThrow(),
        input.version().orElseThrow());
  }

  /** The trainer in a JVM of its own, from the same jars. */
  private static List<String> trainer() {
    String jars =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(jar -> Path.of(jar).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djava.awt.headless=true",
        "-Xmx256m",
        "-cp",
        jars,
        Trainer.class.getName());
  }
}
