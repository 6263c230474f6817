package io.moraine.dataset.provider;

import io.moraine.content.store.BucketProbe.Findings;
import io.moraine.dataset.provider.ProviderStore.Own;
import io.moraine.dataset.provider.ProviderStore.Stored;
import io.moraine.dataset.provider.ProviderStore.Use;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import java.time.Duration;
import java.util.Optional;

/**
 * Changes a provider: merges what is given into what there is, probes the bucket that this makes,
 * and saves it if nobody changed the provider meanwhile. Where datasets lie, bucket and prefix
 * stay, and a bucket at another endpoint has to have what they need. Blocking, thread-safe; no
 * database connection is held while the bucket is spoken to.
 */
@ApplicationScoped
class ChangeProvider {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final String MOVE = "get another bucket or prefix";

  private final Database database;
  private final ProviderStore store;
  private final Providers providers;
  private final ProviderSecrets secrets;
  private final ProbeBucket probe;
  private final Event<ProviderChanged> changed;

  ChangeProvider(
      Database database,
      ProviderStore store,
      Providers providers,
      ProviderSecrets secrets,
      ProbeBucket probe,
      Event<ProviderChanged> changed) {
    this.database = database;
    this.store = store;
    this.providers = providers;
    this.secrets = secrets;
    this.probe = probe;
    this.changed = changed;
  }

  CheckedProvider change(TeamId team, String id, ProviderChange change) {
    Stored before = providers.requireOwn(team, id);
    change
        .name()
        .filter(name -> !name.equals(before.name()))
        .ifPresent(name -> providers.refuseTaken(team, name));
    Optional<Own> own = change.config().flatMap(config -> probed(team, before, config));
    save(team, before, change.name(), own);
    return providers.checked(team, id);
  }

  /** Probes the bucket as it is: what it lacks may be another thing by now. */
  CheckedProvider probeAgain(TeamId team, String id) {
    Stored before = providers.requireOwn(team, id);
    Own own = before.own().orElseThrow();
    Findings found = probe.run(team, own.config(), secrets.open(before.id(), own));
    save(team, before, Optional.empty(), Optional.of(new Own(own.config(), own.secret(), found)));
    return providers.checked(team, id);
  }

  /** What is to be saved; nothing when nothing is changed. */
  private Optional<Own> probed(TeamId team, Stored before, ConfigChange change) {
    Own old = before.own().orElseThrow();
    ProviderConfig config = Providers.valid(() -> change.over(old.config()));
    if (config.equals(old.config()) && change.secret().isEmpty()) {
      return Optional.empty();
    }
    if (!config.isSamePlace(old.config())) {
      database.transaction(tx -> refuseUsed(tx, before)).await().atMost(DATABASE_PATIENCE);
    }
    String secret = change.secret().orElseGet(() -> secrets.open(before.id(), old));
    Findings found = probe.run(team, config, secret);
    if (config.isSamePlace(old.config()) && !config.reachedAt().equals(old.config().reachedAt())) {
      requireSameObjects(before, config, secret);
    }
    byte[] sealed = change.secret().map(s -> secrets.seal(before.id(), s)).orElseGet(old::secret);
    return Optional.of(new Own(config, sealed, found));
  }

  private void requireSameObjects(Stored before, ProviderConfig config, String secret) {
    store
        .sample(before.id())
        .await()
        .atMost(DATABASE_PATIENCE)
        .filter(object -> !probe.has(config, secret, object))
        .ifPresent(
            object -> {
              throw new ProviderProblem.OtherBucket(before.name(), object).exception();
            });
  }

  private void save(TeamId team, Stored before, Optional<String> name, Optional<Own> own) {
    if (name.isEmpty() && own.isEmpty()) {
      return;
    }
    database
        .transaction(tx -> save(tx, team, before, name, own))
        .onFailure(ProviderStore::isNameTaken)
        .transform(e -> new ProviderProblem.NameTaken(name.orElse("")).exception())
        .await()
        .atMost(DATABASE_PATIENCE);
    changed.fire(new ProviderChanged(before.id()));
  }

  private Uni<Void> save(
      Transaction tx, TeamId team, Stored before, Optional<String> name, Optional<Own> own) {
    return store
        .lock(tx, team, before.id().text())
        .invoke(now -> requireUnchanged(before, now))
        .call(() -> own.map(o -> save(tx, before, o)).orElseGet(Uni.createFrom()::voidItem))
        .call(
            () ->
                name.map(n -> store.rename(tx, before.id(), n))
                    .orElseGet(Uni.createFrom()::voidItem))
        .replaceWithVoid();
  }

  private Uni<Void> save(Transaction tx, Stored before, Own own) {
    boolean stays = own.config().isSamePlace(before.own().orElseThrow().config());
    return (stays ? Uni.createFrom().voidItem() : refuseUsed(tx, before))
        .chain(() -> store.update(tx, before.id(), own));
  }

  private static void requireUnchanged(Stored before, Optional<Stored> now) {
    if (now.filter(n -> n.revision() == before.revision()).isEmpty()) {
      throw new ProviderProblem.ChangedMeanwhile(before.name()).exception();
    }
  }

  private Uni<Void> refuseUsed(Transaction tx, Stored provider) {
    return store.datasets(tx, provider.id()).invoke(use -> refuse(provider, use)).replaceWithVoid();
  }

  private static void refuse(Stored provider, Use use) {
    if (!use.isNone()) {
      throw new ProviderProblem.InUse(provider.name(), MOVE, use.names(), use.live(), use.leaving())
          .exception();
    }
  }
}
