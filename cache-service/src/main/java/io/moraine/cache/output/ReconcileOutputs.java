package io.moraine.cache.output;

import io.moraine.cache.disk.Outputs;
import io.moraine.cache.disk.PresentVersion;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.version.VersionKey;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/** Removes what no output owns, and counts what the owned copies take. At start only. */
@ApplicationScoped
public class ReconcileOutputs {
  private static final Logger LOG = Logger.getLogger(ReconcileOutputs.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final OutputStore store;
  private final OutputSpace space;
  private final ShareStorage storage;

  ReconcileOutputs(OutputStore store, OutputSpace space, ShareStorage storage) {
    this.store = store;
    this.space = space;
    this.storage = storage;
  }

  /**
   * Blocking. Only while no output is worked on. A team whose disk cannot be read keeps no other
   * from its outputs.
   */
  public void reconcile() throws IOException {
    for (TeamId team : storage.teams()) {
      try {
        reconcile(team);
      } catch (IOException e) {
        LOG.warnf("The outputs of team %s are left as they are: %s", team, e);
      }
    }
  }

  /** One team's. */
  public void reconcile(TeamId team) throws IOException {
    Outputs disk = storage.team(team).outputs();
    Set<Path> directories = new HashSet<>();
    Set<PresentVersion> sealed = new HashSet<>();
    for (Output output : store.kept(team).await().atMost(PATIENCE)) {
      OutputKey key = output.key();
      directories.add(disk.directory(key.run(), key.job(), key.attempt(), key.name()));
      if (output.versionKey().isPresent()) {
        VersionKey version = output.versionKey().get();
        sealed.add(new PresentVersion(version.dataset(), version.version()));
        space.found(key, disk.copiedBytes(version.dataset(), version.version()));
      }
    }
    disk.removeUnless(directories, sealed);
  }
}
