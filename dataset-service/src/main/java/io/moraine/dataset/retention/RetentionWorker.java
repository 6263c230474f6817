package io.moraine.dataset.retention;

import io.moraine.dataset.version.DeleteVersion;
import io.moraine.dataset.version.VersionKey;
import io.moraine.kit.problem.ProblemException;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Lets go what no rule keeps, and what was abandoned. */
@ApplicationScoped
class RetentionWorker {
  private static final Logger LOG = Logger.getLogger(RetentionWorker.class);
  private static final int PARALLEL = 1;
  private static final int BATCH = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  record Leaving(VersionKey version, boolean draft) {}

  private final RetentionStore store;
  private final DeleteVersion deletion;
  private final Duration abandoned;
  private final WorkLoop<Leaving> loop;

  RetentionWorker(
      RetentionStore store,
      DeleteVersion deletion,
      @ConfigProperty(name = "moraine.drafts.abandoned") Duration abandoned,
      @ConfigProperty(name = "moraine.retention.every") Duration every) {
    this.store = store;
    this.deletion = deletion;
    this.abandoned = abandoned;
    this.loop = new WorkLoop<>("retention", PARALLEL, every, this::due, this::letGo);
  }

  private List<Leaving> due() {
    List<VersionKey> versions = store.notKept(BATCH).await().atMost(PATIENCE);
    List<VersionKey> drafts = store.abandoned(BATCH, abandoned).await().atMost(PATIENCE);
    return Stream.concat(
            versions.stream().map(key -> new Leaving(key, false)),
            drafts.stream().map(key -> new Leaving(key, true)))
        .toList();
  }

  /** The rules are asked once more: they, or what they count, may have changed meanwhile. */
  void letGo(Leaving leaving) {
    if (leaving.draft()) {
      deletion.expire(leaving.version(), abandoned).await().atMost(PATIENCE);
      LOG.infof("The abandoned draft %s expired", leaving.version());
      return;
    }
    try {
      boolean gone =
          deletion
              .enterIf(leaving.version(), tx -> store.isNotKept(tx, leaving.version()))
              .await()
              .atMost(PATIENCE);
      if (gone) {
        LOG.infof("%s goes: no retention rule keeps it", leaving.version());
      }
    } catch (ProblemException e) {
      LOG.debugf("%s stays: %s", leaving.version(), e.getMessage()); // held or tagged meanwhile
    }
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
