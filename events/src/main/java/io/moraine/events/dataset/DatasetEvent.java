package io.moraine.events.dataset;

import io.moraine.events.Event;
import io.moraine.vocabulary.DatasetId;

/**
 * What happened to datasets: topic {@code moraine.datasets}, produced by dataset-service, in order
 * per dataset.
 */
public sealed interface DatasetEvent extends Event
    permits DatasetCreated,
        DatasetUpdated,
        DatasetDeleted,
        VersionCreated,
        VersionUpdated,
        VersionCommitted,
        VersionDeleted,
        TagMoved,
        TagDeleted,
        SourceChanged {
  DatasetId dataset();

  @Override
  default String key() {
    return dataset().text();
  }
}
