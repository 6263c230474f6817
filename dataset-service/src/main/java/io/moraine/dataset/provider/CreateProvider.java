package io.moraine.dataset.provider;

import io.moraine.content.store.BucketProbe.Findings;
import io.moraine.dataset.provider.ProviderStore.Own;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Makes a provider of a bucket that passed the probe. Blocking, thread-safe. */
@ApplicationScoped
class CreateProvider {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private final ProviderStore store;
  private final Providers providers;
  private final ProviderSecrets secrets;
  private final ProbeBucket probe;

  CreateProvider(
      ProviderStore store, Providers providers, ProviderSecrets secrets, ProbeBucket probe) {
    this.store = store;
    this.providers = providers;
    this.secrets = secrets;
    this.probe = probe;
  }

  CheckedProvider create(TeamId team, NewProvider wanted) {
    ConfigChange given = wanted.config().orElseThrow();
    ProviderConfig config = Providers.valid(given::alone);
    String secret =
        given
            .secret()
            .orElseThrow(
                () -> new RequestProblem.Invalid("config.secretAccessKey is missing.").exception());
    refuseTooMany(team);
    providers.refuseTaken(team, wanted.name());
    Findings found = probe.run(team, config, secret);
    ProviderId id = ProviderId.random();
    Own own = new Own(config, secrets.seal(id, secret), found);
    if (!store.insert(id, team, wanted.name(), own).await().atMost(DATABASE_PATIENCE)) {
      throw new ProviderProblem.NameTaken(wanted.name()).exception();
    }
    return providers.checked(team, id.text());
  }

  private void refuseTooMany(TeamId team) {
    if (store.count(team).await().atMost(DATABASE_PATIENCE) >= ProviderStore.MOST) {
      throw new ProviderProblem.TooMany(ProviderStore.MOST).exception();
    }
  }
}
