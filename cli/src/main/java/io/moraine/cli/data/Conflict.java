package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import java.util.List;

/** Files that a pull would destroy, and does not. */
final class Conflict {
  private static final int MOST_NAMES = 10;

  private Conflict() {}

  static CommandFailed of(List<String> names, String way) {
    String more = names.size() > MOST_NAMES ? ", and " + (names.size() - MOST_NAMES) + " more" : "";
    return CommandFailed.refused(
        "Nothing was pulled, since it would lose what is here: "
            + String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)))
            + more
            + ". "
            + way);
  }
}
