package io.moraine.dataset.collect;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.dataset.collect.GarbageStore.Deleted;
import io.moraine.dataset.collect.GarbageStore.Recorded;
import io.moraine.dataset.collect.SessionStore.Session;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Store;
import io.moraine.kit.FaultPoint;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Collects the garbage of one store: one run is what {@link #run} does from top to bottom. It may
 * end anywhere; the next begins anew and loses nothing. Blocking, thread-safe. Rules: ADR 0009.
 */
@ApplicationScoped
class Collector {
  /** Objects that are claimed at once, so that all of them are gone long before {@link #STALE}. */
  private static final int CLAIMED = 16;

  /** A claim this old is nobody's any more: a deletion ends, one way or the other, in 5 minutes. */
  private static final Duration STALE = Duration.ofMinutes(15);

  /** A deletion that would begin later than this after its claim is left to another run. */
  private static final Duration CLAIM_HOLDS = Duration.ofMinutes(5);

  private static final int PAGE = 1_000;
  private static final String TOMBSTONE = ".deleted";

  private final SessionStore sessions;
  private final Buckets buckets;
  private final Contents contents;
  private final StoredContents stored;
  private final CollectConfig config;
  private final MeterRegistry metrics;
  private final Counter freed;
  private final Counter objects;
  private final Counter packs;

  Collector(
      SessionStore sessions,
      Buckets buckets,
      Contents contents,
      StoredContents stored,
      CollectConfig config,
      MeterRegistry metrics) {
    this.sessions = sessions;
    this.buckets = buckets;
    this.contents = contents;
    this.stored = stored;
    this.config = config;
    this.metrics = metrics;
    this.freed = metrics.counter("moraine.collected.bytes");
    this.objects = metrics.counter("moraine.collected.objects");
    this.packs = metrics.counter("moraine.repacked.packs");
  }

  /** Has everything that is counted be there from the start, at nought. */
  void countFromTheStart() {
    metrics.timer("moraine.collection");
    ended("done");
    ended("failed");
  }

  private Counter ended(String end) {
    return metrics.counter("moraine.collections", "end", end);
  }

  /** Collects {@code store} once; fails with a 409 while it is being collected already. */
  Collected collect(Store store) {
    try (Session session = begin(store)) {
      return collect(store, session);
    }
  }

  /** As {@link #collect}, but rests while nothing happens to the store, for a day at most. */
  void collectIfChanged(Store store) {
    try (Session session = begin(store)) {
      GarbageStore garbage = new GarbageStore(session, store);
      if (garbage.hasWork(config.grace())) {
        collect(store, session);
      } else {
        garbage.begin(); // its turn is over
      }
    }
  }

  private Session begin(Store store) {
    return sessions
        .begin(store)
        .orElseThrow(() -> new CollectProblem.UnderWay(store.provider()).exception());
  }

  private Collected collect(Store store, Session session) {
    Timer.Sample time = Timer.start(metrics);
    try {
      Collected collected = run(store, session);
      ended("done").increment();
      return collected;
    } catch (RuntimeException e) {
      ended("failed").increment();
      throw e;
    } finally {
      time.stop(metrics.timer("moraine.collection"));
    }
  }

  private Collected run(Store store, Session session) {
    GarbageStore garbage = new GarbageStore(session, store);
    garbage.begin();
    refuseIfBehind(store, garbage);
    mark(store, session);
    FaultPoint.reached("collect.marked");
    long cleared = garbage.clear();
    Deleted deleted = garbage.delete(config.grace());
    freed.increment(deleted.bytes());
    FaultPoint.reached("collect.deleted");
    long condemned = garbage.condemn(config.grace());
    FaultPoint.reached("collect.condemned");
    new ReferenceGarbageStore(session, store).sweep(config.grace());
    Repacking repacking = repacking(store, session, garbage);
    repacking.packLoose();
    boolean gathered = repacking.gatherNodes();
    long orphans = repackAndFindOrphans(store, garbage, repacking);
    packs.increment(repacking.packs());
    long gone = deleteObjects(store, garbage);
    if (gathered) { // else the next run has to look at the same versions
      garbage.end();
    }
    return new Collected(
        store.provider(),
        condemned,
        cleared,
        deleted.contents(),
        deleted.bytes(),
        gone,
        orphans,
        repacking.packs(),
        repacking.damaged());
  }

  /**
   * A database that was lost or restored knows less than the bucket: what it calls unreachable may
   * be a committed version's. Records of deleted versions have their tombstone right behind them in
   * the listing; such a pair goes once it is old.
   */
  private void refuseIfBehind(Store store, GarbageStore garbage) {
    String prefix = Buckets.keys(store).root() + "versions/";
    Instant old = garbage.now().minus(config.tombstoneAge());
    Deque<Listed> page = new ArrayDeque<>();
    Iterator<Listed> listing = buckets.of(store).list(prefix);
    while (listing.hasNext()) {
      Listed next = listing.next();
      if (next.key().endsWith(TOMBSTONE)) {
        endDeleted(store, next, old, page);
      } else {
        if (page.size() == PAGE) {
          refuseUnknown(store, garbage, prefix, page);
        }
        page.add(next);
      }
    }
    refuseUnknown(store, garbage, prefix, page);
  }

  /** The record first: without a tombstone, it would be a version's again. */
  private void endDeleted(Store store, Listed tombstone, Instant old, Deque<Listed> page) {
    Optional<Listed> record =
        Optional.ofNullable(page.peekLast())
            .filter(last -> tombstone.key().equals(last.key() + TOMBSTONE));
    record.ifPresent(last -> page.removeLast());
    if (tombstone.lastModified().isBefore(old)) {
      record.ifPresent(last -> buckets.of(store).delete(last.key()));
      FaultPoint.reached("collect.record-deleted");
      buckets.of(store).delete(tombstone.key());
    }
  }

  private void refuseUnknown(Store store, GarbageStore garbage, String prefix, Deque<Listed> page) {
    List<Recorded> records =
        page.stream()
            .flatMap(listed -> recorded(listed.key().substring(prefix.length())).stream())
            .toList();
    page.clear();
    for (Recorded unknown : garbage.unknown(records)) {
      requireTombstone(store, unknown);
    }
  }

  /** The version may have been deleted since the listing. */
  private void requireTombstone(Store store, Recorded unknown) {
    String tombstone = Buckets.keys(store).tombstone(unknown.dataset(), unknown.version());
    if (buckets.of(store).size(tombstone).isEmpty()) {
      throw new CollectProblem.UnknownVersion(
              store.provider(), unknown.dataset() + ":" + unknown.version())
          .exception();
    }
  }

  /** None for what somebody else has put there. */
  private static Optional<Recorded> recorded(String name) {
    String[] parts = name.split("/");
    try {
      return parts.length == 2
          ? Optional.of(new Recorded(new DatasetId(parts[0]), new VersionId(parts[1])))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void mark(Store store, Session session) {
    MarkStore marks = new MarkStore(session, store);
    marks.markRootsBut(Optional.empty(), Optional.empty());
    new Marking(stored, store, marks).follow(false);
  }

  private Repacking repacking(Store store, Session session, GarbageStore garbage) {
    return new Repacking(store, contents, stored, garbage, new RepackStore(session, store), config);
  }

  /** One listing for both: which packs are sparse, and which objects nobody knows of. */
  private long repackAndFindOrphans(Store store, GarbageStore garbage, Repacking repacking) {
    ObjectStore bucket = buckets.of(store);
    String root = Buckets.keys(store).root();
    Instant young = garbage.now().minus(config.orphanAge());
    long[] orphans = {0};
    for (String kind : List.of("blobs/", "packs/", "incoming/", "probe/")) {
      pages(
          bucket.list(root + kind),
          page -> {
            if (kind.equals("packs/")) {
              repacking.rewriteSparse(page);
            }
            orphans[0] +=
                garbage.noteEmpty(
                    page.stream()
                        .filter(listed -> listed.lastModified().isBefore(young))
                        .map(Listed::key)
                        .toList());
          });
    }
    return orphans[0];
  }

  private static void pages(Iterator<Listed> listing, Consumer<List<Listed>> sink) {
    List<Listed> page = new ArrayList<>();
    while (listing.hasNext()) {
      page.add(listing.next());
      if (page.size() == PAGE) {
        sink.accept(page);
        page.clear();
      }
    }
    sink.accept(page);
  }

  private long deleteObjects(Store store, GarbageStore garbage) {
    garbage.takeBack(STALE);
    long gone = 0;
    List<String> claimed = claim(garbage);
    while (!claimed.isEmpty()) {
      long since = System.nanoTime();
      for (String object : claimed) {
        if (System.nanoTime() - since > CLAIM_HOLDS.toNanos()) {
          return gone;
        }
        FaultPoint.reached("collect.claimed");
        buckets.of(store).delete(object);
        garbage.forget(object);
        objects.increment();
        gone++;
      }
      claimed = claim(garbage);
    }
    return gone;
  }

  private List<String> claim(GarbageStore garbage) {
    return garbage.claim(config.objectDelay(), STALE, CLAIMED);
  }
}
