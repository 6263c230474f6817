package io.moraine.dataset.version;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.moraine.content.tree.VersionRoot;
import io.moraine.events.dataset.Origin;
import io.moraine.kit.condition.EntityTag;
import io.moraine.kit.condition.Tagged;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A version as the API shows it: what the original Gradient client reads, and what it lacks. */
public record VersionView(
    VersionId version,
    DatasetId dataset,
    VersionState state,
    @JsonProperty("isCommitted") boolean isCommitted,
    String message,
    List<Tag> tags,
    Optional<Sha256> digest,
    Optional<Long> files,
    Optional<Long> bytes,
    Optional<VersionId> base,
    Optional<Origin> origin,
    Instant dtCreated,
    Instant dtModified,
    Optional<Instant> dtCommitted,
    @JsonIgnore @Schema(hidden = true) EntityTag entityTag)
    implements Tagged {
  /** A tag that points at the version. */
  public record Tag(TagName name) {}

  /** The view of {@code version}. */
  public static VersionView of(Version version) {
    boolean committed = version.state() == VersionState.COMMITTED;
    return new VersionView(
        version.key().version(),
        version.key().dataset(),
        version.state(),
        committed,
        version.message(),
        version.tags().stream().map(Tag::new).toList(),
        version.root().map(VersionRoot::digest),
        version.root().map(VersionRoot::files),
        version.root().map(VersionRoot::bytes),
        version.base(),
        version.origin(),
        version.createdAt(),
        version.modifiedAt(),
        committed ? version.committedAt() : Optional.empty(),
        version.entityTag());
  }
}
