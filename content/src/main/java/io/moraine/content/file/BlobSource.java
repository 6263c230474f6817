package io.moraine.content.file;

import io.moraine.content.format.ContentId;
import java.io.IOException;
import java.io.InputStream;

/** Where contents come from: a bucket, through the table that says where each lies. */
@FunctionalInterface
public interface BlobSource {
  /**
   * Opens {@code length} bytes of a content from {@code offset}. The stream may end early or carry
   * wrong bytes: the reader notices. The reader closes it.
   */
  InputStream open(ContentId content, long offset, long length) throws IOException;
}
