package io.moraine.dataset.version;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.VersionId;
import java.util.Optional;

/** Which version: written {@code dst…:k3v9x2a}, which is also a ref to it. */
public record VersionKey(DatasetId dataset, VersionId version) {
  /** The ref that means this version, and no other ever. */
  public DatasetRef ref() {
    return new DatasetRef(Optional.empty(), dataset.text(), new DatasetRef.Exactly(version));
  }

  @Override
  public String toString() {
    return dataset + ":" + version;
  }
}
