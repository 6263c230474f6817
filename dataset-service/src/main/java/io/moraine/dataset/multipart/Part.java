package io.moraine.dataset.multipart;

/**
 * A part as a completion names it.
 *
 * @param etag that its put was answered with, in quotes or not
 */
public record Part(int number, String etag) {
  boolean isOf(StoredPart stored) {
    return etag != null && etag.replace("\"", "").equals(stored.etag());
  }
}
