package io.moraine.dataset.s3;

import java.time.Instant;
import java.util.Arrays;

/**
 * What a reader says of the file that it has or expects (RFC 9110 section 13), an absent one null:
 * a tag counts before a time.
 */
record Conditions(
    String ifMatch, String ifNoneMatch, Instant ifModifiedSince, Instant ifUnmodifiedSince) {
  /** Whether the file is the one that is expected. */
  boolean isStillSame(String etag, Instant modified) {
    if (ifMatch != null) {
      return names(ifMatch, etag);
    }
    return ifUnmodifiedSince == null || !modified.isAfter(ifUnmodifiedSince);
  }

  /** Whether the file is another than the one that the reader has. */
  boolean isNew(String etag, Instant modified) {
    if (ifNoneMatch != null) {
      return !names(ifNoneMatch, etag);
    }
    return ifModifiedSince == null || modified.isAfter(ifModifiedSince);
  }

  private static boolean names(String tags, String etag) {
    return Arrays.stream(tags.split(","))
        .map(tag -> tag.strip().replaceFirst("^W/", "").replace("\"", ""))
        .anyMatch(tag -> tag.equals("*") || tag.equals(etag));
  }
}
