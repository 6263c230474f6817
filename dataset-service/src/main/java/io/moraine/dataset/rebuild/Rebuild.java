package io.moraine.dataset.rebuild;

import io.moraine.content.format.FormatException;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.store.ObjectStoreException;
import io.moraine.content.store.VersionRecord;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.collect.Reachable;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** One rebuild, from its beginning to its end. Blocking; one thread. */
final class Rebuild {
  private static final Logger LOG = Logger.getLogger(Rebuild.class);
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** Rows that one statement records. */
  private static final int BATCH = 10_000;

  /** More events than any queue of records can have lagged behind. */
  private static final long GAP = 1_000_000;

  private static final int MOST_NAMED = 20;

  private final Database database;
  private final RebuildStore store;
  private final Buckets buckets;
  private final Reachable reachable;
  private final int parallel;
  private final String id;

  // Guarded by this: objects are read on several threads.
  private long contents;
  private long bytes;
  private final List<Location> waiting = new ArrayList<>();
  private final Set<String> lost = new LinkedHashSet<>();

  private int teams;
  private long datasets;
  private long versions;

  Rebuild(
      Database database,
      RebuildStore store,
      Buckets buckets,
      Reachable reachable,
      int parallel,
      String id) {
    this.database = database;
    this.store = store;
    this.buckets = buckets;
    this.reachable = reachable;
    this.parallel = parallel;
    this.id = id;
  }

  void run() {
    for (Store place : store.managedStores().await().atMost(DATABASE_PATIENCE)) {
      rebuild(place);
      teams++;
      say("running", "");
    }
    for (Store place : store.ownStores().await().atMost(DATABASE_PATIENCE)) {
      rebuildIfPossible(place);
      say("running", "");
    }
    say("done", reason());
  }

  private void rebuild(Store place) {
    recordContents(place);
    FaultPoint.reached("rebuild.contents-recorded");
    bringBack(place);
  }

  /** A bucket of a team's own that is away, or whose secret is lost, stops no other. */
  private void rebuildIfPossible(Store place) {
    try {
      rebuild(place);
    } catch (ObjectStoreException | ProblemException e) {
      lose("what lies in %s (%s)".formatted(place.provider(), e.getMessage()));
    }
  }

  void fail(String why) {
    say("failed", why);
  }

  private synchronized void say(String state, String reason) {
    store
        .update(
            new RebuildView(
                id, state, teams, datasets, versions, contents, bytes, reason, List.of()))
        .await()
        .atMost(DATABASE_PATIENCE);
  }

  private synchronized String reason() {
    if (lost.isEmpty()) {
      return "";
    }
    String more = lost.size() > MOST_NAMED ? " and more" : "";
    return "%d could not be brought back: %s%s"
        .formatted(
            lost.size(), lost.stream().limit(MOST_NAMED).collect(Collectors.joining("; ")), more);
  }

  private synchronized void lose(String what) {
    if (lost.add(what)) {
      LOG.errorf("Not brought back: %s", what);
    }
  }

  /** Reads every object once, several at a time. */
  private void recordContents(Store place) {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      String root = Buckets.keys(place).root();
      each(threads, place, root + "packs/", FoundObjects::inPack);
      each(threads, place, root + "blobs/", FoundObjects::inBlob);
    } finally {
      threads.shutdownNow();
    }
    flush(place);
  }

  private void each(
      ExecutorService threads,
      Store place,
      String prefix,
      BiFunction<Listed, byte[], List<Location>> contentsOf) {
    Semaphore room = new Semaphore(parallel);
    CompletableFuture<Void> failure = new CompletableFuture<>();
    Iterator<Listed> objects = buckets.of(place).list(prefix);
    while (objects.hasNext() && !failure.isDone()) {
      Listed object = objects.next();
      room.acquireUninterruptibly();
      CompletableFuture.runAsync(() -> read(place, object, contentsOf), threads)
          .whenComplete(
              (done, e) -> {
                if (e != null) {
                  failure.completeExceptionally(e);
                }
                room.release();
              });
    }
    room.acquireUninterruptibly(parallel);
    if (failure.isCompletedExceptionally()) {
      try {
        failure.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
  }

  private void read(
      Store place, Listed object, BiFunction<Listed, byte[], List<Location>> contentsOf) {
    byte[] all = bytes(buckets.of(place), object);
    try {
      found(place, contentsOf.apply(object, all), all.length);
    } catch (FormatException e) {
      LOG.errorf("Left out, since it is damaged: %s", e.getMessage());
    }
  }

  private static byte[] bytes(ObjectStore bucket, Listed object) {
    try (InputStream in = bucket.get(object.key(), 0, object.sizeBytes())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void found(Store place, List<Location> locations, long length) {
    synchronized (this) {
      waiting.addAll(locations);
      contents += locations.size();
      bytes += length;
      if (waiting.size() < BATCH) {
        return;
      }
    }
    flush(place);
  }

  private void flush(Store place) {
    List<Location> all;
    synchronized (this) {
      all = List.copyOf(waiting);
      waiting.clear();
    }
    for (int from = 0; from < all.size(); from += BATCH) {
      store
          .record(place, all.subList(from, Math.min(from + BATCH, all.size())))
          .await()
          .atMost(DATABASE_PATIENCE);
    }
    say("running", "");
  }

  private void bringBack(Store place) {
    FoundRecords records = new FoundRecords(buckets.of(place), Buckets.keys(place), this::lose);
    boolean whole = reachable.missing(place, roots(records)).isEmpty();
    for (DatasetId dataset : records.datasets()) {
      records
          .read(dataset)
          .map(found -> whole ? found : found.without(broken(place, found)))
          .ifPresent(found -> bringBack(place, found));
    }
  }

  private static List<VersionRoot> roots(FoundRecords records) {
    return records.datasets().stream()
        .flatMap(dataset -> records.read(dataset).stream())
        .flatMap(dataset -> dataset.versions().values().stream())
        .map(VersionRecord::root)
        .distinct()
        .toList();
  }

  /** Something is missing somewhere: which versions it is, is asked of each. */
  private List<VersionId> broken(Store place, FoundDataset dataset) {
    List<VersionId> broken = new ArrayList<>();
    dataset
        .versions()
        .forEach(
            (version, record) ->
                reachable
                    .missing(place, List.of(record.root()))
                    .ifPresent(
                        why -> {
                          lose(dataset.id() + ":" + version + " (" + why + ")");
                          broken.add(version);
                        }));
    return broken;
  }

  private void bringBack(Store place, FoundDataset dataset) {
    boolean isNew =
        database.transaction(tx -> insert(tx, place, dataset)).await().atMost(DATABASE_PATIENCE);
    FaultPoint.reached("rebuild.dataset-brought-back");
    if (isNew) {
      datasets++;
      versions += dataset.versions().size();
    }
  }

  private Uni<Boolean> insert(Transaction tx, Store place, FoundDataset dataset) {
    return store
        .insert(tx, place, dataset)
        .call(isNew -> isNew ? fill(tx, place, dataset) : Uni.createFrom().voidItem());
  }

  private Uni<Void> fill(Transaction tx, Store place, FoundDataset dataset) {
    Map<VersionId, String> edited = dataset.record().map(r -> r.messages()).orElseGet(HashMap::new);
    Uni<Void> all = Uni.createFrom().voidItem();
    long last = dataset.sequence();
    for (Map.Entry<VersionId, Long> version : dataset.commitSequences().entrySet()) {
      VersionId name = version.getKey();
      last = Math.max(last, version.getValue());
      all =
          all.chain(
              () ->
                  store.insert(
                      tx,
                      place,
                      dataset.id(),
                      name,
                      dataset.versions().get(name),
                      java.util.Optional.ofNullable(edited.get(name)),
                      version.getValue()));
    }
    for (var tag : dataset.record().map(r -> r.tags()).orElseGet(HashMap::new).entrySet()) {
      all = all.chain(() -> store.tag(tx, dataset.id(), tag));
    }
    long gap = last + GAP;
    return all.chain(() -> store.goOnAfter(tx, place, dataset.id(), gap));
  }
}
