package io.moraine.dataset.collect;

import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.tree.NodeLinks;
import io.moraine.content.tree.VersionRoot;
import io.moraine.dataset.content.Buckets;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.kit.FaultPoint;
import io.moraine.vocabulary.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Moves contents into new packs: the new pack is put, then the rows are switched in one transaction
 * that also enters the objects which are left empty for deletion, an hour later. Readers that know
 * the old place go on reading there. Blocking; of one run.
 */
final class Repacking implements StoredContents.Sink {
  private static final Logger LOG = Logger.getLogger(Repacking.class);

  /** Half a pack's limit: while one is made, its contents are in memory three times. */
  private static final int PACK_BYTES = 16 << 20;

  /** Small contents are looked for in steps of so many. */
  private static final int LOOSE_BATCH = 16_384;

  /** Nodes of a version that are asked for at once. */
  private static final int NODE_BATCH = 4_096;

  private static final Comparator<Location> PLACE =
      Comparator.comparing(Location::object).thenComparing(Location::offsetBytes);

  private final Store store;
  private final Contents contents;
  private final StoredContents stored;
  private final GarbageStore garbage;
  private final RepackStore repack;
  private final CollectConfig config;

  private final PackWriter pack = new PackWriter();
  private final List<Location> packed = new ArrayList<>();
  private long movedBytes;
  private int packs;
  private int damaged;

  Repacking(
      Store store,
      Contents contents,
      StoredContents stored,
      GarbageStore garbage,
      RepackStore repack,
      CollectConfig config) {
    this.store = store;
    this.contents = contents;
    this.stored = stored;
    this.garbage = garbage;
    this.repack = repack;
    this.config = config;
  }

  /** Contents so far that were left where they are, since they are not what their row says. */
  int damaged() {
    return damaged;
  }

  /** New packs so far. */
  int packs() {
    return packs;
  }

  /** Packs small contents that are objects of their own, when there are enough of them. */
  void packLoose() {
    List<Location> loose = repack.loose(LOOSE_BATCH);
    while (loose.size() >= config.looseAtLeast() && mayGoOn()) {
      int before = packs;
      stored.read(store, loose, this);
      finish();
      if (packs == before) {
        return;
      }
      loose = repack.loose(LOOSE_BATCH);
    }
  }

  /** Rewrites those of {@code listed} packs that are more than half dead, several into one. */
  void rewriteSparse(List<Listed> listed) {
    for (String sparse : repack.sparse(listed)) {
      if (!mayGoOn()) {
        break;
      }
      stored.read(store, repack.in(sparse), this);
    }
    finish();
  }

  /**
   * Gives versions whose nodes are spread over too many packs new ones for all of them; whether it
   * has seen all that changed since the last run which did.
   */
  boolean gatherNodes() {
    for (VersionRoot root : repack.changedRoots()) {
      if (!mayGoOn()) {
        return false;
      }
      if (root.files() > 0 && isSpread(root)) {
        walk(root, places -> stored.read(store, places.stream().sorted(PLACE).toList(), this));
        finish();
      }
    }
    return true;
  }

  private boolean isSpread(VersionRoot root) {
    Set<String> objects = new HashSet<>();
    long[] bytes = {0};
    walk(
        root,
        places ->
            places.forEach(
                place -> {
                  objects.add(place.object());
                  bytes[0] += place.sizeBytes();
                }));
    // A tree so large that it needs many packs is not spread over too many.
    return objects.size() > config.nodePacks() + 2 * (bytes[0] / PACK_BYTES);
  }

  private interface Places {
    void accept(List<Location> places);
  }

  /** Names the places of all nodes below {@code root}, some thousand at a time. Reads no leaf. */
  private void walk(VersionRoot root, Places sink) {
    List<Sha256> batch = new ArrayList<>(List.of(root.digest()));
    walk(root.digest(), batch, sink);
    flush(batch, sink);
  }

  private void walk(Sha256 node, List<Sha256> batch, Places sink) {
    NodeLinks links = NodeLinks.of(contents.node(store, node), node);
    if (links.level() == 0) {
      return;
    }
    links.contents().forEach(child -> batch.add(child.sha256()));
    if (batch.size() >= NODE_BATCH) {
      flush(batch, sink);
    }
    if (links.level() > 1) {
      links.contents().forEach(child -> walk(child.sha256(), batch, sink));
    }
  }

  private void flush(List<Sha256> batch, Places sink) {
    sink.accept(repack.places(batch));
    batch.clear();
  }

  private boolean mayGoOn() {
    return movedBytes < config.repackBytes();
  }

  @Override
  public void accept(Location location, byte[] bytes) {
    if (!pack.isEmpty() && pack.sizeBytes() + bytes.length > PACK_BYTES
        || !pack.fits(bytes.length)) {
      finish();
    }
    pack.add(location.content().kind(), bytes);
    packed.add(location);
    movedBytes += bytes.length;
  }

  /** What is damaged stays where it is: readers say so, and somebody may have it elsewhere. */
  @Override
  public void damaged(Location location, RuntimeException why) {
    damaged++;
    LOG.errorf("Left alone while repacking: %s", why.getMessage());
  }

  private void finish() {
    if (pack.isEmpty()) {
      return;
    }
    put(pack.finish());
    packed.clear();
  }

  private void put(Pack full) {
    String object = Buckets.keys(store).pack(full.sha256());
    if (!repack.endDeletion(object)) {
      return; // being deleted under this very name: the next run finds it gone
    }
    contents.putObject(store, object, full.bytes(), full.bytes().length, full.sha256());
    FaultPoint.reached("collect.pack-put");
    repack.together(
        () -> {
          repack.move(full, object, packed);
          garbage.noteEmpty(packed.stream().map(Location::object).distinct().toList());
        });
    FaultPoint.reached("collect.moved");
    packs++;
  }
}
