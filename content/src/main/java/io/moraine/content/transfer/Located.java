package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import java.net.URI;

/** Where a content lies: {@code sizeBytes} bytes of {@code object} from {@code offset}. */
record Located(ContentId content, URI object, long offset, long sizeBytes) {
  long end() {
    return offset + sizeBytes;
  }
}
