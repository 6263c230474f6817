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
  private final SessionStore sessions;
  private final StoredContents stored;

  Reachable(SessionStore sessions, StoredContents stored) {
    this.sessions = sessions;
    this.stored = stored;
  }

  /**
   * The first thing that is missing below {@code roots}; none when the store has every content of
   * all of them. Each node is read once.
   */
  public Optional<String> missing(Store store, Collection<VersionRoot> roots) {
    List<ContentId> nodes =
        roots.stream()
            .filter(root -> !root.equals(VersionRoot.EMPTY))
            .map(root -> new ContentId(ContentKind.NODE, root.digest()))
            .toList();
    try (Session session = sessions.open()) {
      MarkStore marks = new MarkStore(session, store);
      marks.mark(nodes, false);
      new Marking(stored, store, marks, marks::require).follow(false);
      return Optional.empty();
    } catch (MissingContentException | FormatException e) {
      return Optional.of(e.getMessage());
    }
  }
}
