package io.moraine.cache.link;

import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.disk.TeamDisk;
import io.moraine.cache.remote.DatasetsClient;
import io.moraine.cache.remote.RefusedException;
import io.moraine.kit.database.Transaction;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Makes a dataset's links what its name and tags say. Thread-safe for different datasets. */
@ApplicationScoped
public class DatasetLinks {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LinkStore store;
  private final ShareStorage storage;
  private final DatasetsClient datasets;

  DatasetLinks(LinkStore store, ShareStorage storage, DatasetsClient datasets) {
    this.store = store;
    this.storage = storage;
    this.datasets = datasets;
  }

  /** Notes that a dataset's links are to be looked at, once {@code tx} commits. */
  public Uni<Void> wish(Transaction tx, TeamId team, DatasetId dataset) {
    return store.wish(tx, team, dataset);
  }

  /** Removes the links to a version that is about to go. Blocking. */
  public void drop(TeamId team, DatasetId dataset, VersionId version) throws IOException {
    Optional<DatasetName> name =
        store.find(team, dataset).await().atMost(PATIENCE).flatMap(WishedLinks::name);
    if (name.isPresent()) {
      storage.team(team).links().drop(name.get(), dataset, version);
    }
  }

  /** At start: a link that is wrong or lost, whyever, is made right. Blocking. */
  public void reconcile() {
    store.wishAll().await().atMost(PATIENCE);
  }

  void make(WishedLinks.Due due) throws IOException, RefusedException {
    Optional<WishedLinks> wished = store.find(due.team(), due.dataset()).await().atMost(PATIENCE);
    if (wished.isEmpty()) {
      return;
    }
    try {
      make(wished.get());
    } catch (IOException | RefusedException e) {
      store.tried(due).await().atMost(PATIENCE);
      throw e;
    }
  }

  private void make(WishedLinks wished) throws IOException, RefusedException {
    TeamDisk disk = storage.team(wished.team());
    Optional<DatasetName> name = name(wished);
    Map<String, VersionId> tags =
        name.isPresent() ? cachedTags(disk, wished.team(), wished.dataset()) : Map.of();
    if (wished.name().isPresent() && !wished.name().equals(name)) {
      disk.links().set(wished.name().get(), wished.dataset(), Map.of());
    }
    if (name.isEmpty()) {
      store.forget(wished).await().atMost(PATIENCE);
      return;
    }
    store.rename(wished, name.get()).await().atMost(PATIENCE);
    disk.links().set(name.get(), wished.dataset(), tags);
    store.made(wished).await().atMost(PATIENCE);
  }

  private Optional<DatasetName> name(WishedLinks wished) throws IOException, RefusedException {
    try {
      return Optional.of(datasets.name(wished.team(), wished.dataset()));
    } catch (RefusedException e) {
      if (e.isNotFound()) {
        return Optional.empty(); // deleted
      }
      throw e;
    }
  }

  private Map<String, VersionId> cachedTags(TeamDisk disk, TeamId team, DatasetId dataset)
      throws IOException, RefusedException {
    Map<String, VersionId> tags = new HashMap<>(datasets.tags(team, dataset));
    tags.values().removeIf(version -> !disk.hasVersion(dataset, version));
    return tags;
  }
}
