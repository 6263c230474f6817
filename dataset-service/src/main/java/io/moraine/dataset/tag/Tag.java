package io.moraine.dataset.tag;

import io.moraine.kit.condition.EntityTag;
import io.moraine.kit.condition.Tagged;
import io.moraine.vocabulary.TagName;
import java.time.Instant;

/** A tag, as the Gradient API shows it. */
record Tag(TagName name, TaggedVersion version, Instant dtCreated, Instant dtModified)
    implements Tagged {
  /** As much of the version as a list of tags shows. */
  record TaggedVersion(String version, String message) {}

  /** Of where it points, not of the message there. */
  @Override
  public EntityTag entityTag() {
    return EntityTag.of(name, version.version(), dtModified);
  }
}
