package io.moraine.dataset.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.pack.Pack;
import io.moraine.content.store.ObjectStoreException;
import io.moraine.content.store.ObjectStoreException.Reason;
import io.moraine.content.store.PinnedObject;
import io.moraine.content.store.UrlSigner.SignedUrl;
import io.moraine.content.store.VersionRecord;
import io.moraine.kit.FaultPoint;
import io.moraine.kit.database.Transaction;
import io.moraine.kit.problem.ProblemException;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Puts contents into stores and opens them again. Thread-safe. Blocking, on worker threads, but for
 * what answers with a Uni. Fails with an {@link io.moraine.content.store.ObjectStoreException} when
 * the bucket does.
 */
@ApplicationScoped
public class Contents {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  /** A claimed object is gone from the bucket, and from the table, in seconds. */
  private static final Duration DELETION_PATIENCE = Duration.ofSeconds(15);

  private static final Duration DELETION_POLL = Duration.ofMillis(100);
  private static final byte[] TOMBSTONE = new byte[0];

  private record NodeKey(Store store, Sha256 digest) {}

  private final Buckets buckets;
  private final ContentStore table;
  private final ReferenceStore references;
  private final SourceAlarm alarm;
  private final Cache<NodeKey, byte[]> nodes;

  Contents(
      Buckets buckets,
      ContentStore table,
      ReferenceStore references,
      SourceAlarm alarm,
      @ConfigProperty(name = "moraine.nodes.cache-bytes") long cacheBytes) {
    this.buckets = buckets;
    this.table = table;
    this.references = references;
    this.alarm = alarm;
    this.nodes =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytes)
            .weigher((NodeKey key, byte[] node) -> node.length)
            .softValues() // uploads and commits under way go before what can be had again
            .build();
  }

  /**
   * Prepares a put of a content as an object of its own: whether the store has it, so that it need
   * not be put at all. If not, put and record it within half an hour.
   */
  public boolean has(Store store, ContentId content) {
    if (missing(store, List.of(content)).isEmpty()) {
      return true;
    }
    awaitDeletions(store, List.of(blobObject(store.team(), content.sha256())));
    return false;
  }

  /**
   * Which of {@code contents} the store does not have, or has only until they are collected. What
   * lies elsewhere counts as missing: whoever has the bytes is to bring them.
   */
  public Set<ContentId> missing(Store store, Collection<ContentId> contents) {
    return table.missing(store, contents).await().atMost(DATABASE_PATIENCE);
  }

  /** Where those of {@code contents} lie that the store has. */
  public Map<ContentId, Location> locations(Store store, Collection<ContentId> contents) {
    return table.locate(store, contents).await().atMost(DATABASE_PATIENCE);
  }

  /** Where those of {@code contents} lie that somebody else has, whether or not the store does. */
  public Map<ContentId, Reference> references(Store store, Collection<ContentId> contents) {
    return contents.isEmpty()
        ? Map.of()
        : references.find(store, contents).await().atMost(DATABASE_PATIENCE);
  }

  /**
   * Says where contents lie in an object that was just read whole, instead of putting them: {@code
   * contents} have its key. To be referred to within half an hour.
   *
   * @param dataset is told when the object changes
   */
  public void refer(Store store, DatasetId dataset, SourceObject source, List<Location> contents) {
    references.add(store, dataset, source, contents).await().atMost(DATABASE_PATIENCE);
  }

  /**
   * Makes sure, for {@code tx} that refers to them, that the store has these contents and keeps
   * them. Answers with those that it has not: whoever put them has to do so again. Never blocks.
   */
  public Uni<Set<ContentId>> keep(Transaction tx, Store store, Collection<ContentId> contents) {
    return contents.isEmpty() ? Uni.createFrom().item(Set.of()) : table.keep(tx, store, contents);
  }

  /**
   * Makes sure that nobody is going to delete {@code objects}, which are about to be put or signed;
   * waits for deletions that have begun, and fails with a 503 when that takes too long.
   */
  public void awaitDeletions(Store store, Collection<String> objects) {
    long end = System.nanoTime() + DELETION_PATIENCE.toNanos();
    Optional<String> going;
    while ((going = table.takeBack(store, objects).await().atMost(DATABASE_PATIENCE)).isPresent()) {
      if (System.nanoTime() > end) {
        throw beingDeleted(going.get());
      }
      LockSupport.parkNanos(DELETION_POLL.toNanos());
    }
  }

  /**
   * Records contents that are in the bucket, at most half an hour after they were put or looked at.
   * Fails with a 503 when an object is being deleted nevertheless: it has to be put again.
   */
  public void record(Store store, List<Location> locations) {
    table
        .record(store, locations)
        .await()
        .atMost(DATABASE_PATIENCE)
        .ifPresent(
            going -> {
              throw beingDeleted(going);
            });
  }

  /** Says of an object that it is to be put again, in a moment. */
  public static ProblemException beingDeleted(String object) {
    return new ContentProblem.BeingDeleted(object).exception();
  }

  /** The key of an object that is one content. */
  public String blobObject(TeamId team, Sha256 sha256) {
    return Buckets.keys(team).blob(sha256);
  }

  /** The key of a pack. */
  public String packObject(TeamId team, Sha256 sha256) {
    return Buckets.keys(team).pack(sha256);
  }

  /** The key under which an upload arrives that has to be looked at before it counts. */
  public String incomingObject(TeamId team, Sha256 sha256) {
    return Buckets.keys(team).incoming(sha256);
  }

  /** How long an object is; none when there is none. */
  public OptionalLong objectBytes(Store store, String object) {
    return buckets.of(store).size(object);
  }

  /** Reads an object whole, its bytes unchecked. */
  public byte[] readObject(Store store, String object, int sizeBytes) {
    return buckets.of(store).read(object, 0, sizeBytes);
  }

  /** Signs an upload for somebody who reaches the bucket itself. */
  public SignedUrl signPut(
      Store store, String object, long sizeBytes, Sha256 sha256, Duration lifetime) {
    return buckets.signer(store).put(object, sizeBytes, sha256, lifetime);
  }

  /** Signs reading an object, whole or in part. */
  public SignedUrl signGet(Store store, String object, Duration lifetime) {
    return buckets.signer(store).get(object, lifetime);
  }

  /** Signs reading somebody else's object, as long as it is the one that was imported. */
  public SignedUrl signGet(Store store, Reference reference, Duration lifetime) {
    Store place = new Store(store.team(), reference.provider());
    return buckets.signer(place).get(reference.object(), lifetime);
  }

  /** With which other stores this one stands and falls. */
  public Lane lane(Store store) {
    return buckets.lane(store);
  }

  /** What uploads past the service may be relied on for. */
  public UploadTrust trust(Store store) {
    if (buckets.enforcesChecksums(store)) {
      return UploadTrust.CHECKED;
    }
    return buckets.keepsWhatIsThere(store) ? UploadTrust.KEPT : UploadTrust.NONE;
  }

  /** Deletes an object that nothing refers to, nor ever did. */
  public void discard(Store store, String object) {
    buckets.of(store).delete(object);
  }

  /** Where a content that is an object of its own lies, or will. */
  public Location ownObject(Store store, ContentId content, long sizeBytes) {
    return new Location(
        content, blobObject(store.team(), content.sha256()), 0, sizeBytes, Optional.empty());
  }

  /**
   * Puts the first bytes of {@code bytes} where {@code location} says, an {@link #ownObject}. The
   * provider refuses them if they have another SHA-256. To be recorded afterwards.
   */
  public void put(Store store, Location location, byte[] bytes) {
    putObject(
        store, location.object(), bytes, (int) location.sizeBytes(), location.content().sha256());
  }

  /**
   * Puts the first {@code length} of {@code bytes}, which have {@code sha256}. When it returns, the
   * object holds them: where the provider does not see to that, one that was there is looked at.
   */
  public void putObject(Store store, String object, byte[] bytes, int length, Sha256 sha256) {
    if (buckets.enforcesChecksums(store)) {
      buckets.of(store).put(object, bytes, length, sha256);
    } else {
      buckets.of(store).putChecked(object, bytes, length, sha256);
    }
  }

  /**
   * Opens {@code length} bytes of a content from {@code offset}. The bytes are not checked here. Of
   * one that lies elsewhere, fails with a 409 when the object there is another by now.
   */
  public InputStream open(Store store, ContentId content, long offset, long length) {
    Optional<Location> own = find(store, content);
    if (own.isPresent()) {
      Location at = own.get();
      requireWithin(content, at.sizeBytes(), offset + length);
      return buckets.of(store).get(at.object(), at.offsetBytes() + offset, length);
    }
    Reference at =
        Optional.ofNullable(references(store, List.of(content)).get(content))
            .orElseThrow(() -> missing(content));
    requireWithin(content, at.sizeBytes(), offset + length);
    return open(store, at, offset, length);
  }

  private static void requireWithin(ContentId content, long sizeBytes, long end) {
    if (end > sizeBytes) {
      throw new FormatException(
          "%s has %d bytes, but some up to %d are wanted.".formatted(content, sizeBytes, end));
    }
  }

  private InputStream open(Store store, Reference at, long offset, long length) {
    Store place = new Store(store.team(), at.provider());
    try {
      return buckets.of(place).get(at.object(), at.offsetBytes() + offset, length);
    } catch (ObjectStoreException e) {
      throw changed(at, e);
    }
  }

  private RuntimeException changed(Reference at, ObjectStoreException e) {
    boolean isGone = e.reason() == Reason.MISSING;
    if (!isGone && e.reason() != Reason.CHANGED) {
      return e;
    }
    SourceObject object = new SourceObject(at.provider(), at.object());
    PinnedObject.State state = isGone ? PinnedObject.State.GONE : PinnedObject.State.CHANGED;
    alarm.note(at.source(), object, state).await().atMost(DATABASE_PATIENCE);
    return new ContentProblem.SourceChanged(object).exception();
  }

  /** The whole files' SHA-256 of those of {@code lists} where it is known. */
  public Map<Sha256, Sha256> fileSha256(Store store, Collection<Sha256> lists) {
    if (lists.isEmpty()) {
      return Map.of();
    }
    List<ContentId> contents =
        lists.stream().map(list -> new ContentId(ContentKind.LIST, list)).toList();
    Map<Sha256, Sha256> files = new HashMap<>();
    locations(store, contents)
        .forEach((id, at) -> at.fileSha256().ifPresent(file -> files.put(id.sha256(), file)));
    return files;
  }

  /**
   * A tree's node. The last ones are kept in memory, and so none that is damaged: the next time it
   * may come whole.
   */
  public byte[] node(Store store, Sha256 digest) {
    return nodes.get(new NodeKey(store, digest), key -> load(store, digest));
  }

  private byte[] load(Store store, Sha256 digest) {
    Location location = locate(store, new ContentId(ContentKind.NODE, digest));
    byte[] node =
        buckets
            .of(store)
            .read(location.object(), location.offsetBytes(), (int) location.sizeBytes());
    if (!Sha256.of(node).equals(digest)) {
      throw new FormatException(
          "%s in %s at byte %d has another SHA-256."
              .formatted(location.content(), location.object(), location.offsetBytes()));
    }
    return node;
  }

  private Location locate(Store store, ContentId content) {
    return find(store, content).orElseThrow(() -> missing(content));
  }

  private Optional<Location> find(Store store, ContentId content) {
    return Optional.ofNullable(locations(store, List.of(content)).get(content));
  }

  private static FormatException missing(ContentId content) {
    return new FormatException("The store has no " + content + ".");
  }

  /** For a tree's new nodes: puts those that are not there yet. */
  public NodePacker packNodes(Store store) {
    return new NodePacker(
        new NodePacker.Shelf() {
          @Override
          public Set<ContentId> missing(Collection<ContentId> nodes) {
            return Contents.this.missing(store, nodes);
          }

          @Override
          public void put(Pack pack) {
            putNodes(store, pack);
          }
        });
  }

  private void putNodes(Store store, Pack pack) {
    putPack(store, pack);
    pack.index()
        .entries()
        .forEach(e -> nodes.put(new NodeKey(store, e.content().sha256()), pack.content(e)));
  }

  /** Puts a pack and records what is in it. */
  public void putPack(Store store, Pack pack) {
    String object = packObject(store.team(), pack.sha256());
    awaitDeletions(store, List.of(object));
    putObject(store, object, pack.bytes(), pack.bytes().length, pack.sha256());
    FaultPoint.reached("commit.pack-put");
    List<Location> locations =
        pack.index().entries().stream()
            .map(
                e ->
                    new Location(
                        e.content(), object, e.offset(), e.lengthBytes(), Optional.empty()))
            .toList();
    record(store, locations);
  }

  /** Puts the record by which a version counts as committed; again changes nothing. */
  public void putRecord(Store store, DatasetId dataset, VersionId version, VersionRecord record) {
    buckets.of(store).put(Buckets.keys(store).version(dataset, version), record.encode());
  }

  /** Puts the tombstone by which a version counts as deleted; again changes nothing. */
  public void putTombstone(Store store, DatasetId dataset, VersionId version) {
    buckets.of(store).put(Buckets.keys(store).tombstone(dataset, version), TOMBSTONE);
  }
}
