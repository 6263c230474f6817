package io.moraine.cli.demo;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CacheEvents;
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
import io.moraine.events.cache.VersionCached;
import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The main job, told step by step. Every claim it prints was looked at just before. */
final class Demo {
  private static final RunName RAW = new RunName("raw");
  private static final RunName MODEL = new RunName("model");
  private static final RunName SCRATCH = new RunName("scratch");
  private static final TagName FIRST_TAG = new TagName("original");
  private static final TagName SECOND_TAG = new TagName("changed");
  private static final TagName MODEL_TAG = new TagName("candidate");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration EVENT_LIMIT = Duration.ofSeconds(20);

  private final Stack stack;
  private final Source source;
  private final Narration narration;
  private final Datasets datasets;
  private final CachedVersions cache;
  private final Runs runs;
  private final Path home;

  Demo(Stack stack, Source source, Narration narration) {
    this.stack = stack;
    this.source = source;
    this.narration = narration;
    this.datasets = new Datasets(stack);
    this.cache = new CachedVersions(stack);
    this.runs = new Runs(stack);
    this.home =
        stack
            .home()
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "MORAINE_HOME is not set; start the demo with './moraine demo'."));
  }

  /**
   * A committed and cached version.
   *
   * @param directory in the cache
   * @param fetchedBytes that the cache did not have before
   * @param stored what the bucket did not have before
   */
  private record Kept(
      Version version, Path directory, Optional<Long> fetchedBytes, Bucket stored) {}

  /** How the run ended. */
  private record Learnt(RunName run, Version version, Path directory) {}

  /**
   * @param changed an empty directory for the files that the second version changes
   */
  void show(Path changed) throws IOException, InterruptedException {
    narration.say("Moraine's main job on " + source.title() + ".");
    if (!source.skipped().isEmpty()) {
      narration.say(
          "Skipped: "
              + source.skipped().size()
              + " symbolic links, special files or undecodable names, first "
              + source.skipped().get(0)
              + ".");
    }
    Dataset raw = datasets.createOrFind(source.dataset(), "What 'moraine demo' works on");
    Dataset models =
        datasets.createOrFind(
            new DatasetName(source.dataset() + "-model"), "What the demo's runs learnt");
    narration.done("datasets", "%s %s and %s %s", raw.name(), raw.id(), models.name(), models.id());

    Kept first = keep(raw, source.files(), "As it was", FIRST_TAG);
    Learnt learnt = learn(raw, first.version(), models);
    narration.say("  Then one file of a hundred changes:");
    Change change = Change.of(source, changed);
    Kept second = keep(raw, change.files(), "One file of a hundred changed", SECOND_TAG);
    narration.done("moved", "%s", moved(change, second));
    farewell(first, learnt);
  }

  /** Puts, commits, and waits for the cache. */
  private Kept keep(Dataset dataset, List<SourceFile> files, String message, TagName tag)
      throws IOException, InterruptedException {
    Bucket before = Bucket.measure(home);
    Instant begin = Instant.now();
    Version open = datasets.open(dataset.id(), message, List.of(tag));
    put(dataset, open, files);
    Version version = datasets.commit(dataset.id(), open.version());
    narration.done(
        "commit",
        "%s:%s, tag %s, digest %s…",
        dataset.name(),
        version.version(),
        version.tagNames(),
        version.digest().map(digest -> digest.hex().substring(0, 12)).orElse("?"));
    Bucket stored = Bucket.measure(home).minus(before);

    Path directory = cache.await(dataset.id(), version.version(), LIMIT);
    verify(directory, files);
    Optional<Long> fetched =
        new CacheEvents(stack)
            .versionCached(version.version(), begin, EVENT_LIMIT)
            .map(VersionCached::fetchedBytes);
    narration.done(
        "cached",
        "%,d files, every SHA-256 as in the source; %s fetched: %s",
        files.size(),
        fetched.map(ByteSize::of).orElse("?"),
        directory);
    return new Kept(version, directory, fetched, stored);
  }

  private void put(Dataset dataset, Version open, List<SourceFile> files)
      throws InterruptedException {
    try (Narration.Progress progress = narration.progress("put", files.size())) {
      Parallel.each(
          files,
          file -> {
            datasets.put(dataset.id(), open.version(), file.path(), file.file());
            progress.step();
          });
    }
    narration.done(
        "put",
        "%,d files, %s, on %d connections",
        files.size(),
        ByteSize.of(files.stream().mapToLong(SourceFile::sizeBytes).sum()),
        Parallel.THREADS);
  }

  private void verify(Path directory, List<SourceFile> files) throws InterruptedException {
    try (Narration.Progress progress = narration.progress("check", files.size())) {
      Parallel.each(
          files,
          file -> {
            Path cached = directory.resolve(file.path().toString());
            if (!SourceFile.hash(cached).equals(file.sha256())) {
              throw new CommandFailed(
                  cached + " differs from " + file.file() + ": this must never happen.");
            }
            progress.step();
          });
    }
  }

  /** A run as a workflow engine makes it, whose job is a process of its own. */
  private Learnt learn(Dataset raw, Version input, Dataset models)
      throws IOException, InterruptedException {
    RunName name = RunNames.next();
    RunSpec spec =
        new RunSpec(
            name,
            Map.of(RAW, DatasetRef.parse(raw.name() + ":" + FIRST_TAG)),
            Map.of(MODEL, DatasetRef.parse(models.name().text())),
            Set.of(SCRATCH),
            Optional.of("Learnt from " + raw.name() + ":" + input.version() + " by run " + name),
            List.of(MODEL_TAG));
    try (LocalRun run = new LocalRun(stack, spec, LIMIT)) {
      Path[] scratch = new Path[1];
      LocalRun.Ended ended =
          run.execute(
              mounts -> {
                scratch[0] = source(mounts, SCRATCH);
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
      return learnt(ended.run(), models, scratch[0]);
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

  private Learnt learnt(Run run, Dataset models, Path scratch) throws InterruptedException {
    Output output =
        run.outputs().stream()
            .filter(found -> found.name().equals(MODEL))
            .findFirst()
            .orElseThrow();
    Version version = datasets.version(models.id(), output.version().orElseThrow());
    narration.done("output", "%s", CommittedOutput.describe(output, datasets));
    narration.say("                     \"" + version.message() + "\"");
    narration.say("                     " + history(version, run));
    if (!runs.volumes(run.run()).isEmpty() || Files.exists(scratch, LinkOption.NOFOLLOW_LINKS)) {
      throw new CommandFailed(
          "The volume " + scratch + " outlived run " + run.run() + ": this must never happen.");
    }
    narration.done("released", "the volume %s is gone", SCRATCH);
    Path directory = cache.await(models.id(), version.version(), LIMIT);
    narration.done("cached", "the model too: %s", directory);
    return new Learnt(run.run(), version, directory);
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

  private static Path source(List<Mount> mounts, RunName name) {
    return mounts.stream()
        .filter(mount -> mount.name().equals(name))
        .map(mount -> Path.of(mount.source()))
        .findFirst()
        .orElseThrow();
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

  private static String moved(Change change, Kept second) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d files (%s) had changed: %s in %,d objects went to the bucket, tree included,"
            + " %s to the cache",
        change.changedFiles(),
        change.files().size(),
        ByteSize.of(change.changedBytes()),
        ByteSize.of(second.stored().bytes()),
        second.stored().objects(),
        second.fetchedBytes().map(ByteSize::of).orElse("?"));
  }

  private void farewell(Kept first, Learnt learnt) {
    String key = "-H \"X-API-Key: $(cat " + home.resolve("admin.key") + ")\"";
    String models = source.dataset() + "-model";
    narration.say(
        """

        All of it took %.1f s. Where to look:
          the data    %s
          the model   %s
          the notes   %s
        Try next:
          curl %s %s/datasets/%s/versions
          curl %s %s/runs/%s
          ./moraine run --input raw=%s --output model=%s -- sh -c 'ls /inputs/raw > /outputs/model/list'
          ./moraine status
          ./moraine down
        """
            .formatted(
                narration.totalSeconds(),
                first.directory(),
                learnt.directory(),
                stack.shareStorage().orElseThrow().resolve("*/storage/demo-notes.txt"),
                key,
                stack.datasetService(),
                models,
                key,
                stack.volumeService(),
                learnt.run(),
                source.dataset(),
                models)
            .stripTrailing());
  }
}
