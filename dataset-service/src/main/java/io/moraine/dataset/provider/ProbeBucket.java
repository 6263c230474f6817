package io.moraine.dataset.provider;

import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.BucketGate;
import io.moraine.content.store.BucketProbe;
import io.moraine.content.store.BucketProbe.FailedException;
import io.moraine.content.store.BucketProbe.Findings;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStoreException;
import io.moraine.dataset.net.PrivateAddressException;
import io.moraine.dataset.net.PublicAddresses;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.UnknownHostException;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Tries a bucket that a provider is to be, below {@code {prefix}/{team}/probe/}. Fails with a 422
 * that says what does not work. Blocking, thread-safe; a bucket that hangs takes half a minute, and
 * only a few are probed at once.
 */
@ApplicationScoped
class ProbeBucket {
  private final PublicAddresses addresses;
  private final ProviderMetrics metrics;
  private final Semaphore places;

  ProbeBucket(
      PublicAddresses addresses,
      ProviderMetrics metrics,
      @ConfigProperty(name = "moraine.providers.parallel-probes") int parallel) {
    this.addresses = addresses;
    this.metrics = metrics;
    this.places = new Semaphore(parallel);
  }

  Findings run(TeamId team, ProviderConfig config, String secret) {
    if (!places.tryAcquire()) {
      throw new ProviderProblem.TooManyProbes().exception();
    }
    boolean passed = false;
    try {
      requirePublic(config);
      Findings findings = probe(team, config, config.access(secret));
      passed = true;
      return findings;
    } finally {
      places.release();
      metrics.probed(passed);
    }
  }

  private void requirePublic(ProviderConfig config) {
    try {
      addresses.requirePublic(config.reachedAt().getHost());
    } catch (PrivateAddressException e) {
      throw new ProviderProblem.PrivateEndpoint(e.getMessage()).exception();
    } catch (UnknownHostException e) {
      throw new ProviderProblem.Unreachable(config.reachedAt(), "there is no such host")
          .exception();
    }
  }

  private Findings probe(TeamId team, ProviderConfig config, BucketAccess access) {
    try (BucketProbe probe =
        new BucketProbe(access, addresses::allPublic, team.text() + "/probe/")) {
      return probe.run();
    } catch (FailedException e) {
      if (e.answered()) {
        throw new ProviderProblem.Refuses(config.bucket(), e.step(), e.getMessage()).exception();
      }
      throw new ProviderProblem.Unreachable(config.reachedAt(), e.getMessage()).exception();
    }
  }

  /** Whether the bucket has an object of ours; false also when it does not say. */
  boolean has(ProviderConfig config, String secret, String object) {
    BucketAccess access = config.access(secret).within(BucketProbe.BOUNDS);
    try (ObjectStore store =
        new ObjectStore(access, access.toString(), BucketGate.OPEN, addresses::allPublic)) {
      return store.size(object).isPresent();
    } catch (ObjectStoreException e) {
      return false;
    }
  }
}
