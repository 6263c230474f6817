package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import java.io.IOException;

/** Takes contents that were fetched. */
@FunctionalInterface
public interface ContentSink {
  /**
   * Takes one content, checked against its digest: {@code length} of {@code buffer} from {@code
   * offset}, which are used again afterwards. Called by several threads at once, once for each
   * content. A failure ends the fetching.
   */
  void accept(ContentId content, byte[] buffer, int offset, int length) throws IOException;
}
