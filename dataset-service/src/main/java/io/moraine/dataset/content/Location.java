package io.moraine.dataset.content;

import io.moraine.content.format.ContentId;
import io.moraine.vocabulary.Sha256;
import java.util.Optional;

/**
 * Where a content lies: {@code sizeBytes} from {@code offsetBytes} of {@code object}, a key in its
 * store's bucket.
 *
 * @param fileSha256 of a list: the plain SHA-256 of the whole file, where it is known
 */
public record Location(
    ContentId content,
    String object,
    long offsetBytes,
    long sizeBytes,
    Optional<Sha256> fileSha256) {
  /** As the list of a file whose plain SHA-256 is known. */
  public Location ofFile(Sha256 file) {
    return new Location(content, object, offsetBytes, sizeBytes, Optional.of(file));
  }
}
