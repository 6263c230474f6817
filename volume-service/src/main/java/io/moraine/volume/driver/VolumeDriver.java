package io.moraine.volume.driver;

import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Makes volumes real. Every call may be repeated, by whoever finds it undone, and heals what a
 * crash in the middle of an earlier one left; two calls for different volumes may run at once. They
 * may block. An {@link IOException} means that the same call may succeed later.
 */
public interface VolumeDriver {
  /**
   * Makes an empty temporary volume, or finds the one that is there with all that was written to
   * it. When it returns, the volume outlives a crash of the machine.
   *
   * @param sizeBytes how much it has to take; {@link #boundsSize} says whether it is also the most
   * @return what to mount: a directory or a claim
   */
  String provision(VolumeName name, OptionalLong sizeBytes) throws IOException;

  /**
   * Removes a temporary volume with everything in it, whatever its modes, and nothing that it
   * merely links to. Does nothing when it is not there.
   */
  void release(VolumeName name) throws IOException;

  /** Whether the volume, or a part of it that a crash left, is there. */
  boolean exists(VolumeName name) throws IOException;

  /** Makes the team's storage if it is missing; it is never removed. Returns what to mount. */
  String storage(TeamId team) throws IOException;

  /** Whether a volume takes no more than its size. */
  boolean boundsSize();
}
