package io.moraine.dataset.tag;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.paging.ListFilter;
import io.moraine.events.dataset.TagDeleted;
import io.moraine.events.dataset.TagMoved;
import io.moraine.kit.condition.Precondition;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sets, moves and deletes tags, each with its event. Thread-safe; never blocks. */
@ApplicationScoped
public class Tags {
  private static final Map<String, String> ORDER =
      Map.of("name", "t.name", "dtCreated", "t.created_at", "dtModified", "t.modified_at");

  private final Database database;
  private final TagStore store;
  private final Datasets datasets;
  private final Outbox outbox;

  Tags(Database database, TagStore store, Datasets datasets, Outbox outbox) {
    this.database = database;
    this.store = store;
    this.datasets = datasets;
    this.outbox = outbox;
  }

  /**
   * Points {@code tag} at a version that the transaction has locked and knows to be committed (or
   * commits itself); TagMoved when that changes anything.
   */
  public Uni<Void> set(
      Transaction tx, TeamId team, DatasetId dataset, TagName tag, VersionId version) {
    return store
        .set(tx, dataset, tag, version)
        .chain(
            moved ->
                moved
                    .map(
                        m ->
                            outbox
                                .append(tx, new TagMoved(team, dataset, tag, version, m.previous()))
                                .replaceWithVoid())
                    .orElseGet(() -> Uni.createFrom().voidItem()));
  }

  /** Sets the tag on a version that has to be there and committed. */
  public Uni<Void> put(TeamId team, DatasetId dataset, TagName tag, VersionId version) {
    return set(team, dataset, tag, version, Precondition.NONE).replaceWithVoid();
  }

  /** As {@link #put}, if the tag is as {@code precondition} says; answers with the tag. */
  Uni<Tag> set(
      TeamId team, DatasetId dataset, TagName tag, VersionId version, Precondition precondition) {
    return database
        .transaction(
            tx ->
                store
                    .isCommitted(tx, dataset, version)
                    .invoke(found -> requireCommitted(found, dataset, version))
                    .chain(() -> require(tx, dataset, tag, precondition))
                    .chain(() -> set(tx, team, dataset, tag, version)))
        .chain(() -> get(dataset, tag.text()));
  }

  private static void requireCommitted(
      Optional<Boolean> found, DatasetId dataset, VersionId version) {
    boolean committed =
        found.orElseThrow(
            () -> new RequestProblem.NotFound("version", dataset + ":" + version).exception());
    if (!committed) {
      throw new TagProblem.NotCommitted(dataset, version).exception();
    }
  }

  private Uni<Void> require(
      Transaction tx, DatasetId dataset, TagName tag, Precondition precondition) {
    return precondition.isGiven()
        ? store
            .lock(tx, dataset, tag)
            .invoke(now -> precondition.require("Tag " + tag, now.map(Tag::entityTag)))
            .replaceWithVoid()
        : Uni.createFrom().voidItem();
  }

  Uni<Void> delete(TeamId team, DatasetId dataset, TagName tag, Precondition precondition) {
    return database.transaction(
        tx ->
            require(tx, dataset, tag, precondition)
                .chain(() -> store.delete(tx, dataset, tag))
                .invoke(
                    deleted -> {
                      if (!deleted) {
                        throw missing(dataset, tag.text());
                      }
                    })
                .chain(() -> outbox.append(tx, new TagDeleted(team, dataset, tag)))
                .replaceWithVoid());
  }

  Uni<Tag> get(DatasetId dataset, String tag) {
    return store.get(dataset, tag).map(found -> found.orElseThrow(() -> missing(dataset, tag)));
  }

  Uni<List<Tag>> list(TeamId team, String dataset, ListFilter filter) {
    return list(datasets.visible(team, dataset), filter);
  }

  /** Those of the public dataset {@code namespace/name}. */
  Uni<List<Tag>> list(TeamId team, String namespace, String name, ListFilter filter) {
    return list(datasets.visible(team, namespace, name), filter);
  }

  private Uni<List<Tag>> list(Uni<Datasets.Visible> dataset, ListFilter filter) {
    String orderBy = filter.orderBy(ORDER, "name ASC", "t.name");
    return dataset.chain(found -> store.list(found.id(), orderBy, filter.limit(), filter.skip()));
  }

  static RuntimeException missing(DatasetId dataset, String tag) {
    return new RequestProblem.NotFound("tag", dataset + ":" + tag).exception();
  }
}
