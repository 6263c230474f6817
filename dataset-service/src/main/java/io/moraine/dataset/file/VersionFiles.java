package io.moraine.dataset.file;

import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.content.tree.VersionRoot;
import io.moraine.content.tree.VersionTree;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is in a version: its tree once it is committed; before, its base's tree with the staged
 * changes laid over it. Thread-safe, blocking.
 */
@ApplicationScoped
public class VersionFiles {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Versions versions;
  private final StagedFileStore store;
  private final Contents contents;

  VersionFiles(Versions versions, StagedFileStore store, Contents contents) {
    this.versions = versions;
    this.store = store;
    this.contents = contents;
  }

  /** The team's own version that {@code ref} means; fails with a 404 that says what is missing. */
  public Version version(TeamId team, DatasetRef ref) {
    return versions.find(team, ref).await().atMost(DATABASE_PATIENCE);
  }

  /** A version that the team may read: its own, or one that is public. */
  public Version readable(TeamId team, DatasetRef ref) {
    return versions.visible(team, ref).await().atMost(DATABASE_PATIENCE);
  }

  /** The file at {@code path}; fails with a 404 when there is none. */
  public FileEntry find(Version version, FilePath path) {
    return read(version, now -> findNow(now, path))
        .orElseThrow(
            () -> new RequestProblem.NotFound("file", path + " in " + version.key()).exception());
  }

  /**
   * Since when these files are what they are, as far as the version knows: since it was committed;
   * in an open one since each was put, or the version began.
   */
  public Map<FilePath, Instant> times(Version version, List<FileEntry> entries) {
    List<FilePath> paths = entries.stream().map(FileEntry::path).toList();
    Map<FilePath, Instant> staged =
        version.state() == VersionState.COMMITTED
            ? Map.of()
            : store.times(version.key(), paths).await().atMost(DATABASE_PATIENCE);
    Instant others = version.committedAt().orElse(version.createdAt());
    Map<FilePath, Instant> times = new HashMap<>();
    paths.forEach(path -> times.put(path, staged.getOrDefault(path, others)));
    return times;
  }

  private Optional<FileEntry> findNow(Version version, FilePath path) {
    if (version.state() == VersionState.COMMITTED) {
      return tree(version, version.committedRoot()).find(path);
    }
    return at(version, path).file();
  }

  /**
   * A path of an open version.
   *
   * @param staged empty when the path is as in the version's base
   */
  record AtPath(Optional<FileEntry> file, Optional<Change> staged) {}

  /** What is at a path of a version that is not committed. */
  AtPath at(Version version, FilePath path) {
    Optional<Change> staged = store.find(version.key(), path).await().atMost(DATABASE_PATIENCE);
    return new AtPath(
        staged.isPresent() ? staged.get().entry() : tree(version, version.baseRoot()).find(path),
        staged);
  }

  /**
   * Reads a version, again if it was committed meanwhile: what was staged may have been deleted
   * under the reader then.
   */
  <T> T read(Version version, Function<Version, T> reading) {
    T found = reading.apply(version);
    if (version.state() == VersionState.COMMITTED) {
      return found;
    }
    Version now = version(version.store().team(), version.key().ref());
    return now.state() == VersionState.COMMITTED ? reading.apply(now) : found;
  }

  /**
   * Fails when {@code version}, which was open, is so no more: what was read of it may have been
   * incomplete.
   */
  void requireSame(Version version) {
    if (version.state() != VersionState.COMMITTED
        && version(version.store().team(), version.key().ref()).state() == VersionState.COMMITTED) {
      throw new FileProblem.CommittedMeanwhile(version.key()).exception();
    }
  }

  /** The files from a path on, in the order of their bytes; cheap to begin anywhere. */
  Walk walk(Version version) {
    if (version.state() == VersionState.COMMITTED) {
      return tree(version, version.committedRoot())::filesFrom;
    }
    VersionTree base = tree(version, version.baseRoot());
    StagedCursor staged = new StagedCursor((path, limit) -> stagedPage(version, path, limit));
    return from -> new Overlay(base.filesFrom(from), staged.seek(from));
  }

  private List<Change> stagedPage(Version version, FilePath from, int limit) {
    return store.page(version.key(), from, limit).await().atMost(DATABASE_PATIENCE);
  }

  private VersionTree tree(Version version, VersionRoot root) {
    return new VersionTree(root, digest -> contents.node(version.store(), digest));
  }

  /** Begins at any path; the iterator is of use until the next one is asked for. */
  @FunctionalInterface
  interface Walk {
    Iterator<FileEntry> from(FilePath path);
  }
}
