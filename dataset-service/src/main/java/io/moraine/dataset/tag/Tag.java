package io.moraine.dataset.tag;

import io.moraine.vocabulary.TagName;
import java.time.Instant;

/** A tag, as the Gradient API shows it. */
record Tag(TagName name, TaggedVersion version, Instant dtCreated, Instant dtModified) {
  /** As much of the version as a list of tags shows. */
  record TaggedVersion(String version, String message) {}
}
