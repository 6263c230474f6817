package io.moraine.cli.run;

import io.moraine.cli.client.CommandFailed;

/** The run is over before its work began: there is nothing to finish. */
final class RunRejected extends CommandFailed {
  private static final long serialVersionUID = 1L;

  RunRejected(String message) {
    super(message);
  }
}
