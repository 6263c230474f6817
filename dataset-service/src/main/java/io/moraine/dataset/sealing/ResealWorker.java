package io.moraine.dataset.sealing;

import io.moraine.dataset.sealing.SealedStore.Sealed;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/** Seals with the newest key what an older one sealed, so that the older one may go. */
@ApplicationScoped
class ResealWorker {
  private static final Logger LOG = Logger.getLogger(ResealWorker.class);
  private static final int ONE = 1;
  private static final int BATCH = 100;
  private static final String FIRST = "";
  private static final Duration POLL = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<SealedColumn> columns;
  private final SealedStore store;
  private final Sealer sealer;
  private final WorkLoop<SealedColumn> loop;

  ResealWorker(@All List<SealedColumn> columns, SealedStore store, Sealer sealer) {
    this.columns = columns;
    this.store = store;
    this.sealer = sealer;
    this.loop = new WorkLoop<>("reseal", ONE, POLL, this::due, this::reseal);
  }

  private List<SealedColumn> due() {
    return columns.stream().filter(column -> !page(column, FIRST, ONE).isEmpty()).toList();
  }

  /** All of a column; what cannot be opened keeps none of the others waiting. */
  void reseal(SealedColumn column) {
    UnreadableSecretException unreadable = null;
    List<Sealed> page = page(column, FIRST, BATCH);
    while (!page.isEmpty()) {
      for (Sealed secret : page) {
        try {
          reseal(secret);
        } catch (UnreadableSecretException e) {
          unreadable = e;
        }
      }
      page = page(column, page.get(page.size() - 1).owner(), BATCH);
    }
    if (unreadable != null) {
      throw unreadable;
    }
  }

  private List<Sealed> page(SealedColumn column, String after, int limit) {
    return store
        .sealedByOthers(column, sealer.newestPrefix(), after, limit)
        .await()
        .atMost(PATIENCE);
  }

  void reseal(Sealed secret) {
    String owner = secret.owner();
    byte[] now = sealer.seal(sealer.open(secret.bytes().getBytes(), owner), owner);
    store.exchange(secret, now).await().atMost(PATIENCE);
    LOG.infof("Sealed %s with the newest key", secret);
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
