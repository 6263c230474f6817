package io.moraine.content.store;

import java.util.Objects;
import java.util.Optional;

/**
 * Somebody else's object as it was when it was looked at: what is under the key later counts only
 * if it is still that one.
 *
 * @param key in the whole bucket, whatever prefix its provider has
 * @param etag in quotes, as providers give it
 * @param versionId of a bucket that keeps versions: it is that one, whatever was put since
 */
public record PinnedObject(String key, String etag, Optional<String> versionId) {
  /** What has become of one. */
  public enum State {
    SAME,
    CHANGED,
    GONE
  }

  public PinnedObject {
    Objects.requireNonNull(versionId, "versionId");
    if (key.isEmpty() || etag.isEmpty()) {
      throw new IllegalArgumentException("an object is pinned by its key and its ETag.");
    }
  }
}
