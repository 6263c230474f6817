package io.moraine.dataset.version;

import io.moraine.dataset.dataset.Datasets;
import io.moraine.dataset.ref.Refs;
import io.moraine.dataset.ref.ResolvedVersion;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.outbox.Outbox;
import io.moraine.kit.problem.RequestProblem;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.DatasetRef.Selector;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes open versions; by origin, the one there is. */
@ApplicationScoped
class CreateVersion {
  /**
   * How often it is tried again when a random id is taken, or a version vanishes as it is found.
   */
  private static final int TRIES = 5;

  private static final Pattern WHOLE_REF = Pattern.compile("[:@/]");

  /** A version, and whether it is new. */
  record Made(Version version, boolean isNew) {}

  private final Database database;
  private final Datasets datasets;
  private final Refs refs;
  private final VersionStore store;
  private final Outbox outbox;

  CreateVersion(
      Database database, Datasets datasets, Refs refs, VersionStore store, Outbox outbox) {
    this.database = database;
    this.datasets = datasets;
    this.refs = refs;
    this.store = store;
    this.outbox = outbox;
  }

  /**
   * What a request names as the base of a version of {@code dataset}: an id, a tag or latest, or a
   * whole ref, which has to be one of the same dataset.
   */
  Uni<Selector> base(TeamId team, String dataset, String text) {
    try {
      if (!WHOLE_REF.matcher(text).find()) {
        return Uni.createFrom().item(DatasetRef.selector(text));
      }
      return ofSameDataset(team, dataset, DatasetRef.parse(text));
    } catch (IllegalArgumentException e) {
      throw new RequestProblem.Invalid("base names no version: " + e.getMessage()).exception();
    }
  }

  private Uni<Selector> ofSameDataset(TeamId team, String dataset, DatasetRef ref) {
    return datasets
        .id(team, dataset)
        .chain(
            id ->
                refs.resolve(team, ref)
                    .map(
                        base -> {
                          if (!base.dataset().equals(id)) {
                            throw new VersionProblem.BaseOfAnother(
                                    new VersionKey(base.dataset(), base.version()), id)
                                .exception();
                          }
                          return new DatasetRef.Exactly(base.version());
                        }));
  }

  /** Several at once with one origin get the same version. */
  Uni<Made> in(TeamId team, String dataset, NewVersion wanted) {
    return Uni.createFrom()
        .deferred(() -> base(team, dataset, wanted))
        .chain(base -> createOrGet(team, dataset, wanted, base))
        .repeat()
        .atMost(TRIES)
        .filter(Optional::isPresent)
        .toUni()
        .onItem()
        .ifNull()
        .failWith(() -> new IllegalStateException("No version could be made in " + dataset))
        .map(Optional::orElseThrow);
  }

  /** Resolved anew in every try: a tag may move, and a version vanish, in between. */
  Uni<Optional<VersionId>> base(TeamId team, String dataset, NewVersion wanted) {
    if (wanted.base().isEmpty()) {
      return Uni.createFrom().item(Optional.empty());
    }
    return refs.resolve(team, new DatasetRef(Optional.empty(), dataset, wanted.base().get()))
        .map(CreateVersion::requireCommitted);
  }

  private static Optional<VersionId> requireCommitted(ResolvedVersion base) {
    if (!base.committed()) {
      throw new VersionProblem.BaseNotCommitted(new VersionKey(base.dataset(), base.version()))
          .exception();
    }
    return Optional.of(base.version());
  }

  private Uni<Optional<Made>> createOrGet(
      TeamId team, String dataset, NewVersion wanted, Optional<VersionId> base) {
    return database.transaction(
        tx ->
            datasets
                .lock(tx, team, dataset)
                .chain(
                    id ->
                        create(tx, team, id, wanted, base)
                            .chain(
                                made ->
                                    made.isPresent()
                                        ? Uni.createFrom().item(made)
                                        : get(tx, team, id, wanted))));
  }

  /** As {@link #create}, for a dataset that is to be live until {@code tx} ends. */
  Uni<Optional<Made>> createIn(
      Transaction tx, TeamId team, DatasetId dataset, NewVersion wanted, Optional<VersionId> base) {
    return datasets.lock(tx, team, dataset.text()).chain(id -> create(tx, team, id, wanted, base));
  }

  private Uni<Optional<Made>> create(
      Transaction tx, TeamId team, DatasetId dataset, NewVersion wanted, Optional<VersionId> base) {
    return store
        .create(tx, team, dataset, wanted, base)
        .call(
            made ->
                made.isPresent()
                    ? outbox.append(tx, VersionEvents.created(made.get()))
                    : Uni.createFrom().nullItem())
        .map(made -> made.map(version -> new Made(version, true)));
  }

  private Uni<Optional<Made>> get(
      Transaction tx, TeamId team, DatasetId dataset, NewVersion wanted) {
    return wanted
        .origin()
        .map(origin -> store.findByOrigin(tx, team, dataset, origin))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()))
        .map(found -> found.map(version -> new Made(version, false)));
  }
}
