package io.moraine.dataset.provider;

import io.moraine.dataset.provider.ProviderStore.Own;
import io.moraine.dataset.sealing.SealedColumn;
import io.moraine.dataset.sealing.Sealer;
import io.moraine.dataset.sealing.UnreadableSecretException;
import io.moraine.vocabulary.ProviderId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** The secrets of providers, each sealed for its own row. Thread-safe; never blocks. */
@ApplicationScoped
class ProviderSecrets {
  private static final Logger LOG = Logger.getLogger(ProviderSecrets.class);

  private final Sealer sealer;

  ProviderSecrets(Sealer sealer) {
    this.sealer = sealer;
  }

  byte[] seal(ProviderId provider, String secret) {
    return sealer.seal(secret, owner(provider));
  }

  /** In clear; fails with a 503 when it cannot be opened. */
  String open(ProviderId provider, Own own) {
    try {
      return sealer.open(own.secret(), owner(provider));
    } catch (UnreadableSecretException e) {
      LOG.error(e.getMessage());
      throw new ProviderProblem.SecretUnreadable(provider).exception();
    }
  }

  /** What {@link #owner} says, in SQL. */
  @Produces
  @Singleton
  static SealedColumn column() {
    return new SealedColumn("provider", "secret", "'storage provider ' || id");
  }

  private static String owner(ProviderId provider) {
    return "storage provider " + provider;
  }
}
