package io.moraine.cache.version;

import io.moraine.cache.disk.PresentVersion;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Compares a team's disk with its rows before any work begins. What no row owns goes; a cached row
 * whose directory is gone is wanted again; a version that became visible just before a crash needs
 * nothing here, since its fill finds it.
 */
@ApplicationScoped
public class ReconcileVersions {
  private static final Logger LOG = Logger.getLogger(ReconcileVersions.class);
  private static final int PAGE = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final VersionStore store;
  private final ShareStorage storage;

  ReconcileVersions(VersionStore store, ShareStorage storage) {
    this.store = store;
    this.storage = storage;
  }

  /**
   * Blocking. Only while nothing is filled or evicted. A team whose disk cannot be read keeps no
   * other from its cache.
   */
  public void reconcile() throws IOException {
    for (TeamId team : storage.teams()) {
      try {
        reconcile(team);
      } catch (IOException e) {
        LOG.warnf("The cache of team %s is left as it is: %s", team, e);
      }
    }
    wantLostAgain();
  }

  /** Removes what no row owns from one team's disk. */
  public void reconcile(TeamId team) throws IOException {
    TeamDisk disk = storage.team(team);
    disk.clean();
    for (PresentVersion present : disk.versions()) {
      removeUnlessOwned(disk, new VersionKey(team, present.dataset(), present.version()));
    }
  }

  private void removeUnlessOwned(TeamDisk disk, VersionKey key) throws IOException {
    if (store.find(key).await().atMost(PATIENCE).isEmpty()) {
      Path retired = disk.retire(key.dataset(), key.version());
      disk.emptyTrash(retired);
    }
  }

  /** Wants cached versions again whose directories are gone. */
  public void wantLostAgain() {
    Optional<VersionKey> after = Optional.empty();
    List<CachedVersion> page;
    do {
      page = store.page(VersionState.CACHED, after, PAGE).await().atMost(PATIENCE);
      for (CachedVersion version : page) {
        VersionKey key = version.key();
        if (!storage.team(key.team()).hasVersion(key.dataset(), key.version())) {
          store.lost(key).await().atMost(PATIENCE);
        }
        after = Optional.of(key);
      }
    } while (page.size() == PAGE);
  }
}
