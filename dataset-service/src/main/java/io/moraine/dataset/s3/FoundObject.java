package io.moraine.dataset.s3;

import io.moraine.content.format.ContentKind;
import io.moraine.content.tree.FileEntry;
import io.moraine.dataset.file.ETag;
import io.moraine.dataset.file.ReadFile;
import io.moraine.dataset.version.Version;
import java.time.Instant;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * A file as an object.
 *
 * @param version that it was found in
 * @param modified in whole seconds, as HTTP has it
 */
record FoundObject(Version version, FileEntry file, Instant modified) {
  /** Without quotes. */
  String etag() {
    return ETag.of(file);
  }

  /** What is said of it, with its checksum if that is asked for and known. */
  GetObjectResponse.Builder described(ChecksumMode mode) {
    GetObjectResponse.Builder answer =
        GetObjectResponse.builder()
            .eTag(etag())
            .lastModified(modified)
            .contentLength(file.sizeBytes())
            .contentType(ReadFile.contentType(file))
            .acceptRanges("bytes");
    if (mode == ChecksumMode.ENABLED && file.content().kind() == ContentKind.BLOB) {
      answer
          .checksumSHA256(file.content().sha256().base64())
          .checksumType(ChecksumType.FULL_OBJECT);
    }
    return answer;
  }
}
