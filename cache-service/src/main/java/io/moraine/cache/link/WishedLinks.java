package io.moraine.cache.link;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TeamId;
import java.util.Optional;

/**
 * What is wished of a dataset's links.
 *
 * @param name under which they are now
 * @param wished how often it was wished so far
 */
record WishedLinks(TeamId team, DatasetId dataset, Optional<DatasetName> name, long wished) {
  /** A dataset whose links are to be looked at. */
  record Due(TeamId team, DatasetId dataset) {}
}
