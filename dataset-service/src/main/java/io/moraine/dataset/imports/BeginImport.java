package io.moraine.dataset.imports;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.provider.Providers;
import io.moraine.dataset.sealing.SealedColumn;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ImportId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Writes down what is to be imported. Thread-safe; never blocks. */
@ApplicationScoped
public class BeginImport {
  private final Database database;
  private final Datasets datasets;
  private final Providers providers;
  private final ImportStore store;
  private final SealedSources sources;
  private final Event<ImportsWaiting> hint;
  private final int mostUnended;

  BeginImport(
      Database database,
      Datasets datasets,
      Providers providers,
      ImportStore store,
      SealedSources sources,
      Event<ImportsWaiting> hint,
      ImportConfig limits) {
    this.database = database;
    this.datasets = datasets;
    this.providers = providers;
    this.store = store;
    this.sources = sources;
    this.hint = hint;
    this.mostUnended = limits.unendedPerTeam();
  }

  /** Into a dataset of the team, from a storage provider of the team where it names one. */
  Uni<Import> into(TeamId team, String dataset, NewImport wanted) {
    return wanted
        .source()
        .provider()
        .map(provider -> providers.get(team, provider).replaceWithVoid())
        .orElseGet(() -> Uni.createFrom().voidItem())
        .chain(
            () ->
                database.transaction(
                    tx -> datasets.lock(tx, team, dataset).chain(id -> into(tx, team, id, wanted))))
        .invoke(this::wake);
  }

  /**
   * As part of {@code tx}; {@link #wake} once that has committed. Fails with a 429 when the team
   * has too many imports that have not ended.
   */
  public Uni<Import> into(Transaction tx, TeamId team, DatasetId dataset, NewImport wanted) {
    ImportId id = ImportId.random();
    return store
        .unended(tx, team)
        .invoke(this::requireRoom)
        .chain(
            () ->
                store.insert(
                    tx, id, team, dataset, wanted, sources.seal(wanted.source(), owner(id))));
  }

  private void requireRoom(int unended) {
    if (unended >= mostUnended) {
      throw new ImportProblem.TooMany(mostUnended).exception();
    }
  }

  /** The source with what opens it. */
  ImportSource source(ImportStore.Claimed claimed) {
    Import view = claimed.view();
    return ImportSource.of(sources.open(view.source(), claimed.sealedSource(), owner(view.id())));
  }

  /** An import of any team. */
  public Uni<Optional<Import>> find(Transaction tx, ImportId id) {
    return store.find(tx, id);
  }

  /** What {@link #owner} says, in SQL. */
  @Produces
  @Singleton
  static SealedColumn secrets() {
    return new SealedColumn("import", "secret", "'import ' || id");
  }

  private static String owner(ImportId id) {
    return "import " + id;
  }

  /** Has somebody look for what waits. */
  public void wake(Import begun) {
    hint.fire(new ImportsWaiting());
  }
}
