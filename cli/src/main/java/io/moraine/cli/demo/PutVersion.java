package io.moraine.cli.demo;

import io.moraine.cli.client.ByteSize;
import io.moraine.cli.client.CacheEvents;
import io.moraine.cli.client.CachedVersions;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Datasets.Dataset;
import io.moraine.cli.client.Datasets.Version;
import io.moraine.cli.client.Stack;
import io.moraine.events.cache.VersionCached;
import io.moraine.vocabulary.TagName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes files a version: puts them, commits, waits for the cache and compares what it has. */
final class PutVersion {
  private static final Duration CACHE_LIMIT = Duration.ofMinutes(5);
  private static final Duration EVENT_LIMIT = Duration.ofSeconds(20);

  private final Stack stack;
  private final Path home;
  private final Narration narration;
  private final Datasets datasets;
  private final CachedVersions cache;

  PutVersion(Stack stack, Path home, Narration narration) {
    this.stack = stack;
    this.home = home;
    this.narration = narration;
    this.datasets = new Datasets(stack);
    this.cache = new CachedVersions(stack);
  }

  /**
   * A committed and cached version.
   *
   * @param directory in the cache
   * @param fetchedBytes that the cache did not have before
   * @param stored what the bucket did not have before
   */
  record Kept(Version version, Path directory, Optional<Long> fetchedBytes, Bucket stored) {}

  Kept of(List<SourceFile> files, Dataset dataset, String message, TagName tag)
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

    Path directory = cache.await(dataset.id(), version.version(), CACHE_LIMIT);
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

  /** The same files with the same bytes, no more and no less. */
  private void verify(Path directory, List<SourceFile> files)
      throws IOException, InterruptedException {
    try (Stream<Path> cached = Files.walk(directory)) {
      long count = cached.filter(Files::isRegularFile).count();
      if (count != files.size()) {
        throw new CommandFailed(
            directory + " holds " + count + " files, not " + files.size() + ": a bug of Moraine.");
      }
    }
    try (Narration.Progress progress = narration.progress("check", files.size())) {
      Parallel.each(
          files,
          file -> {
            Path cached = directory.resolve(file.path().toString());
            if (!SourceFile.hash(cached).equals(file.sha256())) {
              throw new CommandFailed(
                  cached + " differs from " + file.file() + ": a bug of Moraine.");
            }
            progress.step();
          });
    }
  }
}
