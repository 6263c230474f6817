package io.moraine.dataset.presign;

import io.moraine.dataset.multipart.Part;
import io.moraine.vocabulary.FilePath;
import java.util.List;
import java.util.Optional;

/** A call that somebody wants to make at the gateway, about one version. */
sealed interface S3Call {
  /** Whether it changes the version. */
  default boolean writes() {
    return true;
  }

  /**
   * @param prefix without the leading slash of the original client
   * @param delimiter {@code /} or nothing
   */
  record ListObjects(String prefix, int maxKeys, String delimiter, Optional<String> token)
      implements S3Call {
    @Override
    public boolean writes() {
      return false;
    }
  }

  record HeadObject(FilePath path) implements S3Call {
    @Override
    public boolean writes() {
      return false;
    }
  }

  record GetObject(FilePath path) implements S3Call {
    @Override
    public boolean writes() {
      return false;
    }
  }

  /** The content type is signed when it is given: the client has to send it then. */
  record PutObject(FilePath path, Optional<String> contentType) implements S3Call {}

  record DeleteObject(FilePath path) implements S3Call {}

  record CreateMultipartUpload(FilePath path) implements S3Call {}

  record UploadPart(FilePath path, String uploadId, int number) implements S3Call {}

  record CompleteMultipartUpload(FilePath path, String uploadId, List<Part> parts)
      implements S3Call {}
}
