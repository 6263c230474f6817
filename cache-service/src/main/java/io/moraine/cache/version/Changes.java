package io.moraine.cache.version;

import io.moraine.cache.remote.DatasetsClient;
import io.moraine.cache.remote.FileChange;
import io.moraine.cache.remote.FilesClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.content.tree.FileEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What makes one version of a dataset into another, gone through as often as it takes: a small
 * difference is asked for once, a large one each time. Blocking; not thread-safe.
 */
final class Changes {
  /** Changes that are kept in memory: some megabytes. */
  private static final int REMEMBERED = 10_000;

  private final DatasetsClient datasets;
  private final CachedVersion from;
  private final CachedVersion to;
  private final List<FileChange> remembered = new ArrayList<>();
  private boolean areAllRemembered;

  private Changes(DatasetsClient datasets, CachedVersion from, CachedVersion to) {
    this.datasets = datasets;
    this.from = from;
    this.to = to;
  }

  /**
   * Goes through the changes once.
   *
   * @throws UnfitBaseException when they are so many that a listing is as short, or do not add up
   *     to the files and bytes of {@code to}
   */
  static Changes between(DatasetsClient datasets, CachedVersion from, CachedVersion to)
      throws IOException, UnfitBaseException {
    Changes changes = new Changes(datasets, from, to);
    try {
      changes.check();
    } catch (RefusedException e) {
      throw new UnfitBaseException(from.key() + " cannot be compared: " + e.getMessage(), e);
    }
    return changes;
  }

  private void check() throws IOException, RefusedException, UnfitBaseException {
    long most = to.files() / 2 + 1;
    Sums sums = new Sums();
    datasets.<UnfitBaseException>diff(
        to.key().team(),
        to.key().dataset(),
        from.key().version(),
        to.key().version(),
        page -> {
          page.forEach(sums::add);
          if (sums.changes > most) {
            throw new UnfitBaseException(from.key() + " has more than half of it otherwise");
          }
          if (sums.changes <= REMEMBERED) {
            remembered.addAll(page);
          }
          return true;
        });
    if (from.files() + sums.files != to.files() || from.bytes() + sums.bytes != to.bytes()) {
      throw new UnfitBaseException(
          "%s and what is said to have changed are %,d files of %,d bytes, and it has %,d of %,d"
              .formatted(
                  from.key(),
                  from.files() + sums.files,
                  from.bytes() + sums.bytes,
                  to.files(),
                  to.bytes()));
    }
    areAllRemembered = sums.changes <= REMEMBERED;
    if (!areAllRemembered) {
      remembered.clear();
    }
  }

  /** What all changes together add. */
  private static final class Sums {
    private long changes;
    private long files;
    private long bytes;

    void add(FileChange change) {
      changes++;
      files += change.after().isPresent() ? 1 : 0;
      files -= change.before().isPresent() ? 1 : 0;
      bytes += change.after().map(FileEntry::sizeBytes).orElse(0L);
      bytes -= change.before().map(FileEntry::sizeBytes).orElse(0L);
    }
  }

  /** Hands over what has to go from where {@code from} was linked: removed or changed files. */
  <E extends Exception> void before(FilesClient.Pages<E> pages)
      throws IOException, RefusedException, E {
    each(changes -> pages.page(entries(changes.stream().map(FileChange::before).toList())));
  }

  /** Hands over what has to come instead: added or changed files. */
  <E extends Exception> void after(FilesClient.Pages<E> pages)
      throws IOException, RefusedException, E {
    each(changes -> pages.page(entries(changes.stream().map(FileChange::after).toList())));
  }

  private static List<FileEntry> entries(List<Optional<FileEntry>> sides) {
    return sides.stream().flatMap(Optional::stream).toList();
  }

  @FunctionalInterface
  private interface Taker<E extends Exception> {
    void take(List<FileChange> changes) throws IOException, RefusedException, E;
  }

  private <E extends Exception> void each(Taker<E> taker) throws IOException, RefusedException, E {
    if (areAllRemembered) {
      taker.take(remembered);
      return;
    }
    datasets.<E>diff(
        to.key().team(),
        to.key().dataset(),
        from.key().version(),
        to.key().version(),
        page -> {
          taker.take(page);
          return true;
        });
  }
}
