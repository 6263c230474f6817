package io.moraine.dataset.multipart;

import io.moraine.content.format.ContentId;
import io.moraine.dataset.file.ETag;
import java.time.Instant;

/** A part that has arrived. */
public record StoredPart(int number, long sizeBytes, ContentId content, Instant putAt) {
  /** Without quotes. */
  public String etag() {
    return ETag.of(content, sizeBytes);
  }
}
