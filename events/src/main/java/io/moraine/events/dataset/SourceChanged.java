package io.moraine.events.dataset;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import java.util.Objects;
import java.util.Optional;

/**
 * An object that files of the dataset are read from, since they were imported by reference, is
 * another now or is gone: those files cannot be read until it is what it was.
 *
 * @param storageProvider in whose bucket it lies
 * @param object its key there
 * @param etag as it was when it was imported
 * @param versionId as it was, of a bucket that keeps versions
 * @param state {@code changed} or {@code gone}
 */
public record SourceChanged(
    TeamId team,
    DatasetId dataset,
    ProviderId storageProvider,
    String object,
    String etag,
    Optional<String> versionId,
    String state)
    implements DatasetEvent {
  public SourceChanged {
    Objects.requireNonNull(storageProvider, "storageProvider");
    Objects.requireNonNull(versionId, "versionId");
  }
}
