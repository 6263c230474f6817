package io.moraine.dataset.imports;

import java.io.IOException;

/** Brings what a source has into a draft. */
interface Fetch {
  /**
   * Brings it all, from where {@code run} says that an earlier try came to. Blocking; may be done
   * again after a failure, and is to begin anew when it failed with a {@link
   * SourceChangedException}.
   *
   * @return what it came from, for the version's message
   */
  String into(Landing landing, ImportRun run) throws IOException;
}
