package io.moraine.dataset.announce;

import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Remembers which files are to come. Thread-safe; never blocks. */
@ApplicationScoped
public class Announcements {
  /**
   * Files of one version that are announced and not there. The original client has a few dozen
   * under way; so many mean that its PUTs fail, and it is to hear of it.
   */
  public static final int MOST = 10_000;

  /** What announcing found; nothing is announced unless all of it is. */
  public enum Outcome {
    ANNOUNCED,
    NOT_OPEN,
    TOO_MANY
  }

  /**
   * What has not arrived.
   *
   * @param first the first of them in order of path, 100 at most
   */
  public record Missing(long count, List<FilePath> first) {}

  private final AnnouncedFileStore store;

  Announcements(AnnouncedFileStore store) {
    this.store = store;
  }

  /** Says that files will be put at {@code paths}; those announced before stay so. */
  public Uni<Outcome> announce(DatasetId dataset, VersionId version, Collection<FilePath> paths) {
    return store.announce(dataset, version, paths, MOST);
  }

  /** What has not arrived; for whoever has the version's row, all of it. */
  public Uni<Missing> missing(Transaction tx, DatasetId dataset, VersionId version) {
    return store.missing(tx, dataset, version);
  }

  /** A page of what has not arrived, in order of path, behind {@code after}. */
  public Uni<List<AnnouncedFile>> page(
      DatasetId dataset, VersionId version, Optional<FilePath> after, int limit) {
    return store.page(dataset, version, after, limit);
  }

  /** Gives all of them up; how many it were. */
  public Uni<Integer> giveUp(DatasetId dataset, VersionId version) {
    return store.giveUp(dataset, version);
  }
}
