package io.moraine.dataset.rebuild;

import io.moraine.vocabulary.TeamId;
import java.util.List;

/**
 * A rebuild as it is shown.
 *
 * @param state running, done or failed
 * @param contents recorded so far; {@code bytes} is what was read for them
 * @param reason why it failed, or what could not be brought back
 * @param keys new admin keys of teams that have none any more, shown in the first answer alone
 */
record RebuildView(
    String id,
    String state,
    int teams,
    long datasets,
    long versions,
    long contents,
    long bytes,
    String reason,
    List<TeamKey> keys) {
  /** A team's new admin key. */
  record TeamKey(TeamId team, String name, String key) {}

  RebuildView with(List<TeamKey> issued) {
    return new RebuildView(id, state, teams, datasets, versions, contents, bytes, reason, issued);
  }
}
