package io.moraine.dataset.secret;

import io.moraine.vocabulary.TeamId;
import java.util.regex.Pattern;

/**
 * Which secret of a team.
 *
 * @param entity {@code team}, {@code project} or {@code cluster}
 * @param entityId which project or cluster; the team's own id for itself
 */
record SecretKey(TeamId team, String entity, String entityId, String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  SecretKey {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "A secret's name has 1 to 128 letters, digits, '_', '.' or '-', and begins with none of the last two.");
    }
  }

  /** What it is sealed for: nowhere else it can be opened. */
  String owner() {
    return "secret " + team + "/" + entity + "/" + entityId + "/" + name;
  }
}
