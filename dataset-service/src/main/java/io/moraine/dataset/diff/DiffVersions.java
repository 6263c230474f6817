package io.moraine.dataset.diff;

import io.moraine.content.tree.Difference;
import io.moraine.content.tree.VersionTree;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.paging.PathCursor;
import io.moraine.dataset.version.Version;
import io.moraine.dataset.version.VersionState;
import io.moraine.dataset.version.Versions;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Compares versions, in the order of their paths' bytes. A page begins where the last ended without
 * walking there. Thread-safe, blocking; memory is one page, or one difference.
 */
@ApplicationScoped
class DiffVersions {
  /** Two committed versions of one dataset. */
  record Pair(Version from, Version to) {}

  /**
   * @param nextCursor where the next page goes on, when there is one
   */
  record Page(List<DiffItem> items, Optional<String> nextCursor) {}

  /** Takes differences one after the other. */
  @FunctionalInterface
  interface Reader {
    void read(DiffItem item) throws IOException;
  }

  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final Versions versions;
  private final Contents contents;
  private final DiffMetrics metrics;

  DiffVersions(Versions versions, Contents contents, DiffMetrics metrics) {
    this.versions = versions;
    this.contents = contents;
    this.metrics = metrics;
  }

  Pair pair(TeamId team, String dataset, String from, String to) {
    return new Pair(committed(team, dataset, from), committed(team, dataset, to));
  }

  private Version committed(TeamId team, String dataset, String name) {
    Version version =
        versions.visible(team, Versions.ref(dataset, name)).await().atMost(DATABASE_PATIENCE);
    if (version.state() != VersionState.COMMITTED) {
      throw new DiffProblem.NotCommitted(version.key()).exception();
    }
    return version;
  }

  Page page(Pair pair, String prefix, Optional<String> cursor, int limit) {
    long begin = System.nanoTime();
    Iterator<Difference> differences = differences(pair, prefix, cursor);
    List<DiffItem> items = new ArrayList<>();
    while (items.size() < limit && differences.hasNext()) {
      items.add(DiffItem.of(differences.next()));
    }
    Optional<String> next =
        differences.hasNext()
            ? Optional.of(PathCursor.encode(items.get(limit - 1).path().toString()))
            : Optional.empty();
    metrics.took(System.nanoTime() - begin);
    return new Page(items, next);
  }

  /** Hands all differences from {@code cursor} on to {@code reader}; what they add up to. */
  DiffSums all(Pair pair, String prefix, Optional<String> cursor, Reader reader)
      throws IOException {
    long begin = System.nanoTime();
    DiffSums sums = DiffSums.NONE;
    Iterator<Difference> differences = differences(pair, prefix, cursor);
    while (differences.hasNext()) {
      Difference difference = differences.next();
      reader.read(DiffItem.of(difference));
      sums = sums.plus(difference);
    }
    metrics.took(System.nanoTime() - begin);
    return sums;
  }

  private Iterator<Difference> differences(Pair pair, String prefix, Optional<String> cursor) {
    Optional<FilePath> last = cursor.map(DiffVersions::decode);
    Optional<FilePath> start = last.or(() -> PathCursor.first(prefix));
    if (start.isEmpty()) {
      return Collections.emptyIterator();
    }
    Iterator<Difference> all = tree(pair.from()).diffFrom(tree(pair.to()), start.get());
    return new Below(all, prefix, last);
  }

  /** 400 for what no page gave. */
  static FilePath decode(String cursor) {
    return PathCursor.decode(cursor).flatMap(PathCursor::path).orElseThrow(PathCursor::refused);
  }

  private VersionTree tree(Version version) {
    return new VersionTree(
        version.committedRoot(), digest -> contents.node(version.store(), digest));
  }

  /** Those below a prefix, without the one that ended the last page. */
  private static final class Below implements Iterator<Difference> {
    private final Iterator<Difference> all;
    private final String prefix;
    private final Optional<FilePath> last;
    private Difference next;
    private boolean ended;

    Below(Iterator<Difference> all, String prefix, Optional<FilePath> last) {
      this.all = all;
      this.prefix = prefix;
      this.last = last;
    }

    @Override
    public boolean hasNext() {
      while (next == null && !ended && all.hasNext()) {
        Difference difference = all.next();
        ended = !difference.path().toString().startsWith(prefix);
        if (!ended && !last.equals(Optional.of(difference.path()))) {
          next = difference;
        }
      }
      return next != null;
    }

    @Override
    public Difference next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Difference found = next;
      next = null;
      return found;
    }
  }
}
