package io.moraine.dataset.dataset;

import io.moraine.dataset.paging.ListFilter;
import io.moraine.dataset.provider.Provider;
import io.moraine.dataset.provider.Providers;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The datasets that a team can see, found by id or by name. What is not there, or another team's
 * and not public, fails with 404. Thread-safe; never blocks.
 */
@ApplicationScoped
public class Datasets {
  /**
   * What a segment of a path has to match to be read as the name in {@code namespace/name}, and not
   * as what follows a dataset's id.
   */
  public static final String NAME_SEGMENT =
      "(?!(?:versions|tags|files|uploads|imports|diff)(?![a-z0-9._-]))[a-z0-9._-]+";

  private static final Map<String, String> ORDER =
      Map.of("name", "name", "id", "id", "dtCreated", "created_at", "dtModified", "modified_at");

  /** Providers looked up at once. */
  private static final int PARALLEL = 4;

  private final DatasetStore store;
  private final Providers providers;

  Datasets(DatasetStore store, Providers providers) {
    this.store = store;
    this.providers = providers;
  }

  /** A dataset that may be read, and whose it is. */
  public record Visible(DatasetId id, TeamId owner) {
    public boolean isOf(TeamId team) {
      return owner.equals(team);
    }
  }

  /** A dataset that the team may read: its own by id or name, any public one by id. */
  public Uni<Dataset> get(TeamId team, String idOrName) {
    return store
        .findVisible(team, idOrName)
        .map(found -> found.orElseThrow(() -> missing(idOrName)))
        .chain(row -> shown(team, row));
  }

  /** The public dataset {@code namespace/name}, the namespace being a team's name or id. */
  Uni<Dataset> published(TeamId team, String namespace, String name) {
    return store
        .findPublished(team, namespace, name)
        .map(found -> found.orElseThrow(() -> missing(namespace + "/" + name)))
        .chain(row -> shown(team, row));
  }

  /** As {@link #get}, without its provider: one round trip. */
  public Uni<Visible> visible(TeamId team, String idOrName) {
    return store
        .findVisible(team, idOrName)
        .map(found -> found.orElseThrow(() -> missing(idOrName)))
        .map(row -> new Visible(row.id(), row.team()));
  }

  /** As {@link #visible(TeamId, String)}, the public dataset {@code namespace/name}. */
  public Uni<Visible> visible(TeamId team, String namespace, String name) {
    return store
        .findPublished(team, namespace, name)
        .map(found -> found.orElseThrow(() -> missing(namespace + "/" + name)))
        .map(row -> new Visible(row.id(), row.team()));
  }

  private Uni<Dataset> shown(TeamId team, DatasetRow row) {
    Uni<Provider> provider = providers.get(row.team(), row.provider().text());
    return provider.map(found -> row.with(row.isOf(team) ? found : withoutConfig(found)));
  }

  /** Where another team keeps its contents is its own business. */
  private static Provider withoutConfig(Provider provider) {
    return new Provider(
        provider.id(), provider.type(), provider.name(), provider.managed(), Map.of());
  }

  /** The id of the team's own dataset: one round trip. */
  public Uni<DatasetId> id(TeamId team, String idOrName) {
    return row(team, idOrName).map(DatasetRow::id);
  }

  /**
   * As {@link #id}, and the dataset stays live until {@code tx} ends: for whatever adds to it. Take
   * this lock before any lock on a version.
   */
  public Uni<DatasetId> lock(Transaction tx, TeamId team, String idOrName) {
    return store.lock(tx, team, idOrName).map(found -> found.orElseThrow(() -> missing(idOrName)));
  }

  /** Those that every team may read, whosever they are. */
  Uni<List<Dataset>> listPublic(TeamId team, ListFilter filter) {
    String orderBy = filter.orderBy(ORDER, "name ASC", "id");
    return store
        .listPublic(orderBy, filter.limit(), filter.skip())
        .chain(
            rows ->
                rows.isEmpty()
                    ? Uni.createFrom().item(List.of())
                    : Uni.join()
                        .all(rows.stream().map(row -> shown(team, row)).toList())
                        .usingConcurrencyOf(PARALLEL)
                        .andFailFast());
  }

  /** A dataset's id and since when it is there. */
  public record Created(DatasetId id, Instant at) {}

  /**
   * The team's, by id, from the one after {@code after} on, whose ids begin with {@code prefix}.
   */
  public Uni<List<Created>> page(TeamId team, String after, String prefix, int limit) {
    return store
        .page(team, after, prefix, limit)
        .map(rows -> rows.stream().map(row -> new Created(row.id(), row.created())).toList());
  }

  /** Fails with 412 unless the dataset is as {@code precondition} says; locks it until the end. */
  Uni<Void> require(Transaction tx, TeamId team, String idOrName, Precondition precondition) {
    return precondition.isGiven()
        ? store
            .lockRow(tx, team, idOrName)
            .map(found -> found.orElseThrow(() -> missing(idOrName)))
            .invoke(
                row -> precondition.require("Dataset " + row.name(), Optional.of(row.entityTag())))
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  Uni<List<Dataset>> list(TeamId team, ListFilter filter) {
    String orderBy = filter.orderBy(ORDER, "name ASC", "id");
    int limit = filter.limit();
    int skip = filter.skip();
    return providers
        .ofTeam(team)
        .chain(known -> store.list(team, orderBy, limit, skip).map(rows -> with(rows, known)));
  }

  private Uni<DatasetRow> row(TeamId team, String idOrName) {
    return store.find(team, idOrName).map(found -> found.orElseThrow(() -> missing(idOrName)));
  }

  static RuntimeException missing(String idOrName) {
    return new RequestProblem.NotFound("dataset", idOrName).exception();
  }

  private static List<Dataset> with(List<DatasetRow> rows, Map<ProviderId, Provider> known) {
    return rows.stream().map(row -> row.with(known.get(row.provider()))).toList();
  }
}
