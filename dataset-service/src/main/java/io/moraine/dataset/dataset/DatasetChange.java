package io.moraine.dataset.dataset;

import io.moraine.vocabulary.DatasetName;
import java.util.Optional;

/**
 * What to change of a dataset; what is absent stays, an empty description clears it, and retention
 * replaces all rules there were.
 */
record DatasetChange(
    Optional<DatasetName> name,
    Optional<String> description,
    Optional<Retention> retention,
    Optional<Boolean> isPublic) {
  DatasetChange {
    description.ifPresent(NewDataset::checkDescription);
  }
}
