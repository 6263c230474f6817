package io.moraine.dataset.file;

import io.moraine.content.tree.Change;
import java.util.Optional;

/**
 * What was staged for a path when somebody looked, whose change is made only if it is so still.
 *
 * @param matters false where nobody looked: the change is made whatever there is
 * @param staged empty when the path was as in the version's base
 */
record Seen(boolean matters, Optional<Change> staged) {
  static final Seen NEVER = new Seen(false, Optional.empty());
}
