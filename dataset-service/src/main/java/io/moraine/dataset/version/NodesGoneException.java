package io.moraine.dataset.version;

import io.moraine.content.format.ContentId;
import java.util.Set;

/** Undoes the marking of a version as committed: some of its nodes are not there any more. */
final class NodesGoneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private NodesGoneException(Set<ContentId> gone) {
    super(gone.size() + " nodes are gone, first " + gone.iterator().next());
  }

  static void requireNone(Set<ContentId> gone) {
    if (!gone.isEmpty()) {
      throw new NodesGoneException(gone);
    }
  }
}
