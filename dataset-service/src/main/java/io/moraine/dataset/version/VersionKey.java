package io.moraine.dataset.version;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;

/** Which version: written {@code dst…:k3v9x2a}, which is also a ref to it. */
public record VersionKey(DatasetId dataset, VersionId version) {
  @Override
  public String toString() {
    return dataset + ":" + version;
  }
}
