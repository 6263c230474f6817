package io.moraine.dataset.imports;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The settings of imports; {@code application.properties} has their values and reasons. */
@ConfigMapping(prefix = "moraine.imports")
interface ImportConfig {
  /** Imports at once in this process. */
  int parallel();

  /** How long an import waits at most that nobody was woken for. */
  Duration lookEvery();

  /** An import whose worker was not heard of for so long is another's. */
  Duration lease();

  /** How often progress is kept, and cancelling looked for: a fraction of the lease. */
  Duration saveEvery();

  /** How often what was read is made part of the draft: what a crash costs. */
  Duration checkpointEvery();

  /** How often it is begun without coming further. */
  int tries();

  /** The pause before the second try; the others' grow. */
  Duration firstPause();

  /** A try that takes longer is ended. */
  Duration longest();

  /** Of one team, at once. */
  int unendedPerTeam();

  /** How long imports that ended are shown. */
  Duration shown();

  /** Files of one import. */
  long maxFiles();

  /** Bytes of one import, as they arrive and as they are unpacked. */
  long maxBytes();

  /** Unpacked bytes for each byte of an archive, once there are more than {@link #freeBytes}. */
  int maxRatio();

  /** An archive that unpacks to fewer bytes is no bomb. */
  long freeBytes();

  /** Directories above a file. */
  int maxDepth();

  /** What one import may have of a repository on this machine's disk. */
  long maxRepositoryBytes();

  /** A file of a repository: it may have to be in memory, with what it is a change of. */
  long maxRepositoryFileBytes();

  /** Files, directories and the commit of a repository: some 90 bytes in memory for each. */
  long maxRepositoryObjects();

  /** Objects of a repository that are changes of one another, all in memory while it arrives. */
  long maxRepositoryChainBytes();

  /** Where repositories lie while they are read; the system's directory for temporary files. */
  Optional<Path> directory();
}
