package io.moraine.dataset.sealing;

import io.moraine.dataset.sealing.SealedStore.Sealed;
import io.moraine.kit.work.WorkLoop;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Seals with the newest key what an older one sealed, so that the older one may go. */
@ApplicationScoped
class ResealWorker {
  private static final Logger LOG = Logger.getLogger(ResealWorker.class);
  private static final int ONE = 1;
  private static final int BATCH = 100;
  private static final Duration POLL = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<SealedColumn> columns;
  private final SealedStore store;
  private final Sealer sealer;
  private final WorkLoop<Sealed> loop;

  ResealWorker(@All List<SealedColumn> columns, SealedStore store, Sealer sealer) {
    this.columns = columns;
    this.store = store;
    this.sealer = sealer;
    this.loop = new WorkLoop<>("reseal", ONE, POLL, this::due, this::reseal);
  }

  private List<Sealed> due() {
    List<Sealed> due = new ArrayList<>();
    for (SealedColumn column : columns) {
      due.addAll(
          store.sealedByOthers(column, sealer.newestPrefix(), BATCH).await().atMost(PATIENCE));
    }
    return due;
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
