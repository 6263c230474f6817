package io.moraine.dataset.version;

import io.moraine.content.store.VersionRecord;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.content.Store;
import io.moraine.events.dataset.Origin;
import io.moraine.kit.condition.EntityTag;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A version as it is now.
 *
 * @param store where its contents lie; its team's
 * @param tags those that point at it
 * @param requestedTags those that its commit sets
 * @param root of its tree, once committed
 * @param base which version it began as; that may be deleted by now
 * @param baseRoot what it began as: without a base, the empty version
 * @param committedAt fixed, with {@code recordedSequence}, when committing is entered
 * @param recordedSequence the last sequence of its dataset's events by then
 */
public record Version(
    VersionKey key,
    Store store,
    VersionState state,
    String message,
    List<TagName> tags,
    List<TagName> requestedTags,
    Optional<VersionRoot> root,
    Optional<VersionId> base,
    VersionRoot baseRoot,
    Optional<Origin> origin,
    Instant createdAt,
    Instant modifiedAt,
    Optional<Instant> committedAt,
    long recordedSequence) {
  /** Of what may change about it: its message and its state. */
  EntityTag entityTag() {
    return EntityTag.of(key, state, message, modifiedAt);
  }

  /** The root of a version that must be committed. */
  public VersionRoot committedRoot() {
    return root.orElseThrow(
        () -> new IllegalStateException(key + " is " + state.text() + ": it has no root yet."));
  }

  /** What the bucket is to say of it once it is committing: always the same, whoever asks. */
  VersionRecord record(VersionRoot committed) {
    return new VersionRecord(
        committed,
        base,
        message,
        origin.map(o -> new VersionRecord.Origin(o.run(), o.job(), o.output(), o.attempt())),
        committedAt.orElseThrow(),
        recordedSequence);
  }
}
