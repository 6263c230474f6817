package io.moraine.dataset.collect;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Store;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Looks whether trees are whole. Blocking, thread-safe. */
@ApplicationScoped
public class Reachable {
  private static final int MOST_NAMED = 3;

  private final SessionStore sessions;
  private final StoredContents stored;

  Reachable(SessionStore sessions, StoredContents stored) {
    this.sessions = sessions;
    this.stored = stored;
  }

  /**
   * What keeps trees from being whole.
   *
   * @param broken why not even all of their files can be named; none when they can
   * @param blobs contents of files that the store does not have: some few of them. Not looked for
   *     below what is broken
   */
  public record Gaps(Optional<String> broken, List<ContentId> blobs) {
    /** Whether the store has every content. */
    public boolean areNone() {
      return broken.isEmpty() && blobs.isEmpty();
    }
  }

  /**
   * What is missing below {@code roots}. Each node is read once, however many of them share it, and
   * each distinct node's files are looked up once.
   */
  public Gaps below(Store store, Collection<VersionRoot> roots) {
    List<ContentId> nodes =
        roots.stream()
            .filter(root -> !root.equals(VersionRoot.EMPTY))
            .map(root -> new ContentId(ContentKind.NODE, root.digest()))
            .toList();
    try (Session session = sessions.open()) {
      MarkStore marks = new MarkStore(session, store);
      WantedStore wanted = new WantedStore(session, store);
      marks.mark(nodes, false);
      new Marking(stored, store, marks, wanted::add).follow(false);
      return new Gaps(Optional.empty(), wanted.missing(MOST_NAMED));
    } catch (MissingContentException | FormatException e) {
      return new Gaps(Optional.of(e.getMessage()), List.of());
    }
  }
}
