package io.moraine.dataset.hook;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.imports.BeginImport;
import io.moraine.dataset.imports.Import;
import io.moraine.dataset.imports.NewImport;
import io.moraine.dataset.imports.SealedSources;
import io.moraine.dataset.imports.SourceSpec;
import io.moraine.dataset.sealing.SealedColumn;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.HookId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** The hooks of datasets, and what becomes of pushes. Thread-safe; never blocks. */
@ApplicationScoped
class Hooks {
  /** A list of them is never paged. */
  private static final int MOST_PER_DATASET = 100;

  private final Database database;
  private final Datasets datasets;
  private final HookStore store;
  private final HookSecrets secrets;
  private final SealedSources sources;
  private final BeginImport beginImport;

  Hooks(
      Database database,
      Datasets datasets,
      HookStore store,
      HookSecrets secrets,
      SealedSources sources,
      BeginImport beginImport) {
    this.database = database;
    this.datasets = datasets;
    this.store = store;
    this.secrets = secrets;
    this.sources = sources;
    this.beginImport = beginImport;
  }

  /** A new hook, whose secret is shown this once. */
  Uni<Hook> create(TeamId team, String dataset, NewImport wanted) {
    HookId id = HookId.random();
    return database
        .transaction(
            tx ->
                datasets
                    .lock(tx, team, dataset)
                    .call(found -> store.count(tx, found).invoke(Hooks::requireRoom))
                    .chain(
                        found ->
                            store.insert(
                                tx,
                                id,
                                team,
                                found,
                                wanted,
                                sources.seal(wanted.source(), owner(id)))))
        .map(hook -> hook.with(secrets.of(id)));
  }

  private static void requireRoom(int hooks) {
    if (hooks >= MOST_PER_DATASET) {
      throw new HookProblem.TooMany(MOST_PER_DATASET).exception();
    }
  }

  Uni<List<Hook>> list(TeamId team, String dataset) {
    return datasets.id(team, dataset).chain(store::list);
  }

  Uni<Void> delete(TeamId team, String dataset, String hook) {
    return datasets
        .id(team, dataset)
        .chain(id -> store.delete(id, hook))
        .invoke(
            deleted -> {
              if (!deleted) {
                throw missing(hook);
              }
            })
        .replaceWithVoid();
  }

  /** The hook of this id, whoever's it is: the delivery's signature says who asks. */
  Uni<HookStore.Stored> require(String hook) {
    return HookId.looksLike(hook)
        ? store.find(new HookId(hook)).map(found -> found.orElseThrow(() -> missing(hook)))
        : Uni.createFrom().failure(() -> missing(hook));
  }

  private static RuntimeException missing(String hook) {
    return new RequestProblem.NotFound("hook", hook).exception();
  }

  /** An import of the commit that was pushed; of a delivery that was heard already, its own. */
  Uni<Optional<Import>> pushed(HookStore.Stored hook, Delivery delivery) {
    HookId id = hook.view().id();
    return database
        .transaction(
            tx ->
                store
                    .heard(tx, id, delivery)
                    .chain(
                        heard ->
                            heard.isPresent()
                                ? beginImport.find(tx, heard.get())
                                : begin(tx, hook, delivery).map(Optional::of)))
        .invoke(begun -> begun.ifPresent(beginImport::wake));
  }

  private Uni<Import> begin(Transaction tx, HookStore.Stored hook, Delivery delivery) {
    Hook view = hook.view();
    SourceSpec source = sources.open(view.source(), hook.sealedSource(), owner(view.id()));
    NewImport wanted =
        new NewImport(
            source.at(delivery.commit()),
            view.message(),
            view.tags(),
            hook.onLatest(),
            hook.directory());
    return datasets
        .lock(tx, hook.team(), view.dataset().text())
        .chain(dataset -> beginImport.into(tx, hook.team(), dataset, wanted))
        .call(made -> store.hear(tx, view.id(), delivery, made.id()));
  }

  /** What {@link #owner} says, in SQL. */
  @Produces
  @Singleton
  static SealedColumn secrets() {
    return new SealedColumn("hook", "secret", "'hook ' || id");
  }

  private static String owner(HookId id) {
    return "hook " + id;
  }
}
