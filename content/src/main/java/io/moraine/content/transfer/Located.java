package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;

/** Where a content lies: {@code sizeBytes} bytes of {@code object} from {@code offset}. */
record Located(ContentId content, SignedGet object, long offset, long sizeBytes) {
  long end() {
    return offset + sizeBytes;
  }
}
