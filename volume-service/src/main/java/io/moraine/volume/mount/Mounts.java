package io.moraine.volume.mount;

import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * How each thing that a job asked for is mounted (design section 3): inputs read-only below {@code
 * /inputs}, outputs read-write below {@code /outputs}, the team's storage at {@code /storage}.
 * Immutable.
 */
@ApplicationScoped
public class Mounts {
  private static final RunName STORAGE = new RunName("storage");
  private static final String INPUTS = "/inputs/";
  private static final String OUTPUTS = "/outputs/";

  private final SharedStorage shared;

  public Mounts(SharedStorage shared) {
    this.shared = shared;
  }

  /** A frozen version, as the cache has it. */
  public Mount datasetInput(RunKey run, RunName name, DatasetId dataset, VersionId version) {
    String source = shared.version(run.team(), dataset, version).toString();
    return new Mount(name, INPUTS + name, source, true, Optional.of(dataset + ":" + version));
  }

  /** A volume that an earlier job wrote. */
  public Mount volumeInput(RunName name, String source) {
    return new Mount(name, INPUTS + name, source, true, Optional.empty());
  }

  /** A directory that becomes a version. */
  public Mount datasetOutput(RunKey run, RunName job, int attempt, RunName name) {
    String source = shared.output(run, job, attempt, name).toString();
    return new Mount(name, OUTPUTS + name, source, false, Optional.empty());
  }

  /** A volume that lives as long as its run. */
  public Mount volumeOutput(RunName name, String source) {
    return new Mount(name, OUTPUTS + name, source, false, Optional.empty());
  }

  /** The team's storage. */
  public Mount storage(String source) {
    return new Mount(STORAGE, "/storage", source, false, Optional.empty());
  }
}
