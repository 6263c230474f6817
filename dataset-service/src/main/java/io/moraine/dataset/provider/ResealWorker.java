package io.moraine.dataset.provider;

import io.moraine.dataset.provider.ProviderStore.Own;
import io.moraine.kit.work.WorkLoop;
import io.moraine.vocabulary.ProviderId;
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
  private static final Duration POLL = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ProviderStore store;
  private final ProviderSecrets secrets;
  private final WorkLoop<ProviderId> loop;

  ResealWorker(ProviderStore store, ProviderSecrets secrets) {
    this.store = store;
    this.secrets = secrets;
    this.loop = new WorkLoop<>("reseal", ONE, POLL, this::due, this::reseal);
  }

  private List<ProviderId> due() {
    return store.sealedByOthers(secrets.newestPrefix()).await().atMost(PATIENCE).stream()
        .map(ProviderStore.Stored::id)
        .toList();
  }

  void reseal(ProviderId provider) {
    store
        .find(provider)
        .await()
        .atMost(PATIENCE)
        .flatMap(ProviderStore.Stored::own)
        .ifPresent(own -> reseal(provider, own));
  }

  private void reseal(ProviderId provider, Own own) {
    byte[] now = secrets.seal(provider, secrets.open(provider, own));
    store.reseal(provider, own.secret(), now).await().atMost(PATIENCE);
    LOG.infof("Sealed the secret of %s with the newest key", provider);
  }

  void wake() {
    loop.wake();
  }

  void start(@Observes StartupEvent start) {
    loop.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    loop.close();
  }
}
