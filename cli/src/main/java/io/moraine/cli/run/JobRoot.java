package io.moraine.cli.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How the process of a job sees its mounts. Of one process, at a time. */
sealed interface JobRoot permits Sandbox, LinkedDirectories {
  /**
   * The process that runs {@code command} here, not started yet; its environment may be added to.
   */
  ProcessBuilder process(List<String> command);

  /** Where the process sees {@code path} of a mount. */
  Path seen(String path);

  /**
   * To be called when the process has ended: ends what it left behind, takes the root away, and
   * returns how many processes it had to end.
   */
  int clear() throws IOException;
}
