package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import io.moraine.vocabulary.FilePath;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;

/**
 * A file to be pushed, as it was seen before it is read.
 *
 * @param path its place in the version
 * @param file where its bytes are
 * @param modified when it was last changed: another time or size after reading means that it moved
 *     under our hands
 * @param known its content, if that is known without reading it
 */
public record LocalFile(
    FilePath path, Path file, long sizeBytes, FileTime modified, Optional<ContentId> known) {
  public LocalFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(modified, "modified");
    Objects.requireNonNull(known, "known");
    if (sizeBytes < 0) {
      throw new IllegalArgumentException(path.quoted() + ": sizeBytes " + sizeBytes);
    }
  }

  LocalFile known(ContentId content) {
    return new LocalFile(path, file, sizeBytes, modified, Optional.of(content));
  }

  LocalFile unknown() {
    return new LocalFile(path, file, sizeBytes, modified, Optional.empty());
  }
}
