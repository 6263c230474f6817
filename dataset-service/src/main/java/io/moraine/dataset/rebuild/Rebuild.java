package io.moraine.dataset.rebuild;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.FormatException;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.store.ObjectStoreException;
import io.moraine.content.store.VersionRecord;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.collect.Reachable;
import io.moraine.dataset.collect.Reachable.Gaps;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Database;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** One rebuild, from its beginning to its end. Blocking; one thread. */
final class Rebuild {
  private static final Logger LOG = Logger.getLogger(Rebuild.class);
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** One dataset's, of a million versions perhaps. */
  private static final Duration DATASET_PATIENCE = Duration.ofMinutes(10);

  /** Versions or tags of one statement. */
  private static final int PORTION = 1_000;

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
  private final Set<String> lost = new LinkedHashSet<>();
  private final Set<String> lacking = new LinkedHashSet<>();

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
      bringBackAll(place);
      teams++;
      say("running", "");
    }
    for (Store place : store.ownStores().await().atMost(DATABASE_PATIENCE)) {
      bringBackIfPossible(place);
      say("running", "");
    }
    say("done", reason());
  }

  void bringBackAll(Store place) {
    recordContents(place);
    FaultPoint.reached("rebuild.contents-recorded");
    bringBack(place);
  }

  /** A bucket of a team's own that is away, or whose secret is lost, stops no other. */
  private void bringBackIfPossible(Store place) {
    try {
      bringBackAll(place);
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

  /** What could not be brought back, or not whole; empty when everything was. */
  synchronized String reason() {
    return Stream.of(
            named(lost, "could not be brought back"),
            named(lacking, "came back without some of their files; push those again"))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(". "));
  }

  private static Optional<String> named(Set<String> all, String what) {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    String more = all.size() > MOST_NAMED ? " and more" : "";
    return Optional.of(
        "%d %s: %s%s"
            .formatted(
                all.size(),
                what,
                all.stream().limit(MOST_NAMED).collect(Collectors.joining("; ")),
                more));
  }

  private synchronized void lose(String what) {
    if (lost.add(what)) {
      LOG.errorf("Not brought back: %s", what);
    }
  }

  /** Also remembers it, so that the collector does not wait for it for ever. */
  private void lose(DatasetId dataset, VersionId version, String why) {
    lose(dataset + ":" + version + " (" + why + ")");
    store.remember(dataset, version, why).await().atMost(DATABASE_PATIENCE);
  }

  private synchronized void lack(DatasetId dataset, VersionId version, List<ContentId> blobs) {
    String contents = blobs.stream().map(ContentId::text).collect(Collectors.joining(", "));
    String what = dataset + ":" + version + " lacks " + contents;
    if (lacking.add(what)) {
      LOG.errorf("Brought back, but %s", what);
    }
  }

  /**
   * Reads every object once, several at a time. Whoever found enough records it: what is not
   * recorded yet stays little, and others read and hash meanwhile.
   */
  private void recordContents(Store place) {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    WaitingContents waiting = new WaitingContents();
    try {
      String root = Buckets.keys(place).root();
      each(
          threads,
          buckets.of(place).list(root + "packs/"),
          object -> found(place, waiting, read(place, object, FoundObjects::inPack)));
      each(
          threads,
          buckets.of(place).list(root + "blobs/"),
          object ->
              found(
                  place,
                  waiting,
                  read(place, object, (blob, bytes, damaged) -> FoundObjects.inBlob(blob, bytes))));
      each(threads, waiting.rest().iterator(), batch -> record(place, batch));
    } finally {
      threads.shutdownNow();
    }
  }

  private interface Held {
    List<Location> in(Listed object, byte[] bytes, Consumer<String> damaged);
  }

  private <T> void each(ExecutorService threads, Iterator<T> items, Consumer<T> work) {
    Semaphore room = new Semaphore(parallel);
    CompletableFuture<Void> failure = new CompletableFuture<>();
    while (items.hasNext() && !failure.isDone()) {
      T item = items.next();
      room.acquireUninterruptibly();
      CompletableFuture.runAsync(() -> work.accept(item), threads)
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

  private List<Location> read(Store place, Listed object, Held held) {
    byte[] all = buckets.of(place).read(object.key(), 0, (int) object.sizeBytes());
    List<Location> right = right(object, all, held);
    if (right.isEmpty() && !object.key().endsWith("/" + Sha256.of(all).hex())) {
      setAside(place, object, all);
    }
    count(right.size(), all.length);
    return right;
  }

  private synchronized void count(int locations, int length) {
    contents += locations;
    bytes += length;
  }

  private static List<Location> right(Listed object, byte[] all, Held held) {
    try {
      return held.in(object, all, Rebuild::leaveOut);
    } catch (FormatException e) {
      leaveOut(e.getMessage());
      return List.of();
    }
  }

  private static void leaveOut(String damaged) {
    LOG.errorf("Left out, since it is damaged: %s", damaged);
  }

  /**
   * Nothing that is right has its name: whoever puts what should have it would find it there. Its
   * bytes stay for somebody who can still make something of them.
   */
  private void setAside(Store place, Listed object, byte[] all) {
    String root = Buckets.keys(place).root();
    String aside = root + "damaged/" + object.key().substring(root.length());
    buckets.of(place).put(aside, all);
    buckets.of(place).delete(object.key());
    LOG.errorf("Set aside as %s", aside);
  }

  private void found(Store place, WaitingContents waiting, List<Location> locations) {
    waiting.add(locations);
    Optional<List<Location>> batch;
    while ((batch = waiting.next()).isPresent()) {
      record(place, batch.get());
    }
  }

  private void record(Store place, List<Location> batch) {
    store.record(place, batch).await().atMost(DATABASE_PATIENCE);
    say("running", "");
  }

  private void bringBack(Store place) {
    FoundRecords records =
        new FoundRecords(buckets.of(place), Buckets.keys(place), new LostRecords());
    boolean whole = reachable.below(place, roots(records)).areNone();
    for (DatasetId dataset : records.datasets()) {
      records
          .read(dataset)
          .map(found -> whole ? found : found.without(broken(place, found)))
          .ifPresent(found -> bringBack(place, found));
    }
  }

  private final class LostRecords implements FoundRecords.Lost {
    @Override
    public void object(String key, String why) {
      lose(key + " (" + why + ")");
    }

    @Override
    public void version(DatasetId dataset, VersionId version, String why) {
      lose(dataset, version, why);
    }
  }

  private static List<VersionRoot> roots(FoundRecords records) {
    return records.datasets().stream()
        .flatMap(dataset -> records.read(dataset).stream())
        .flatMap(dataset -> roots(dataset).stream())
        .distinct()
        .toList();
  }

  private static List<VersionRoot> roots(FoundDataset dataset) {
    return dataset.versions().values().stream().map(VersionRecord::root).distinct().toList();
  }

  /**
   * Something is missing somewhere: of which versions it is, is asked of each. One whose files can
   * all be named comes back, whatever became of some of them.
   */
  private Set<VersionId> broken(Store place, FoundDataset dataset) {
    Set<VersionId> broken = new HashSet<>();
    if (reachable.below(place, roots(dataset)).areNone()) {
      return broken;
    }
    dataset
        .versions()
        .forEach(
            (version, record) -> {
              Gaps gaps = reachable.below(place, List.of(record.root()));
              if (gaps.broken().isPresent()) {
                lose(dataset.id(), version, gaps.broken().get());
                broken.add(version);
              } else if (!gaps.blobs().isEmpty()) {
                lack(dataset.id(), version, gaps.blobs());
              }
            });
    return broken;
  }

  /** What the tables do not take of one dataset keeps no other from coming back. */
  void bringBack(Store place, FoundDataset dataset) {
    Set<VersionId> refused = new HashSet<>();
    try {
      boolean isNew =
          database
              .transaction(tx -> insert(tx, place, dataset, refused))
              .await()
              .atMost(DATASET_PATIENCE);
      FaultPoint.reached("rebuild.dataset-brought-back");
      if (isNew) {
        datasets++;
        versions += dataset.versions().size() - refused.size();
      }
    } catch (RuntimeException e) {
      if (!RebuildStore.isRefusal(e)) {
        throw e;
      }
      lose(dataset.id() + " (" + e.getMessage() + ")");
      refused.addAll(dataset.versions().keySet());
    }
    refused.forEach(
        version -> lose(dataset.id(), version, "another version is the same output, or the like"));
  }

  private Uni<Boolean> insert(
      Transaction tx, Store place, FoundDataset dataset, Set<VersionId> refused) {
    return store
        .insert(tx, place, dataset)
        .call(isNew -> isNew ? fill(tx, place, dataset, refused) : Uni.createFrom().voidItem());
  }

  private Uni<Void> fill(
      Transaction tx, Store place, FoundDataset dataset, Set<VersionId> refused) {
    refused.addAll(dataset.versions().keySet());
    long last = Math.max(dataset.sequence(), dataset.lastCommitSequence());
    return inTurn(
            dataset.newestFirst(),
            portion ->
                store
                    .insert(tx, place, dataset.id(), portion)
                    .invoke(inserted -> refused.removeAll(inserted)))
        .chain(() -> inTurn(dataset.tags(), portion -> store.tag(tx, dataset.id(), portion)))
        .chain(() -> store.goOnAfter(tx, place, dataset.id(), last + GAP));
  }

  private static <T> Uni<Void> inTurn(List<T> all, Function<List<T>, Uni<?>> work) {
    return Multi.createFrom()
        .iterable(all)
        .group()
        .intoLists()
        .of(PORTION)
        .onItem()
        .transformToUniAndConcatenate(portion -> work.apply(portion).replaceWithVoid())
        .collect()
        .last();
  }
}
