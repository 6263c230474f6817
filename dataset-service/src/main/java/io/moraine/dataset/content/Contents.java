package io.moraine.dataset.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.pack.Pack;
import io.moraine.content.store.VersionRecord;
import io.moraine.kit.FaultPoint;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.VersionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Puts contents into stores and opens them again. Thread-safe. Blocking, on worker threads, but for
 * what answers with a Uni. Fails with an {@link io.moraine.content.store.ObjectStoreException} when
 * the bucket does.
 */
@ApplicationScoped
public class Contents {
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
  private static final byte[] TOMBSTONE = new byte[0];

  private record NodeKey(Store store, Sha256 digest) {}

  private final Buckets buckets;
  private final ContentStore table;
  private final Cache<NodeKey, byte[]> nodes;

  Contents(
      Buckets buckets,
      ContentStore table,
      @ConfigProperty(name = "moraine.nodes.cache-bytes") long cacheBytes) {
    this.buckets = buckets;
    this.table = table;
    this.nodes =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytes)
            .weigher((NodeKey key, byte[] node) -> node.length)
            .build();
  }

  /** Whether the store has the content. Never blocks. */
  public Uni<Boolean> has(Store store, ContentId content) {
    return table
        .known(store, content.kind(), List.of(content.sha256()))
        .map(known -> !known.isEmpty());
  }

  /** Where a content that is an object of its own lies, or will. */
  public Location ownObject(Store store, ContentId content, long sizeBytes) {
    return new Location(
        content, Buckets.keys(store).blob(content.sha256()), 0, sizeBytes, Optional.empty());
  }

  /**
   * Puts the first bytes of {@code bytes} where {@code location} says, an {@link #ownObject}. The
   * provider refuses them if they have another SHA-256. To be recorded afterwards.
   */
  public void put(Store store, Location location, byte[] bytes) {
    buckets
        .of(store)
        .put(location.object(), bytes, (int) location.sizeBytes(), location.content().sha256());
  }

  /**
   * Opens {@code length} bytes of a content from {@code offset}. The bytes are not checked here.
   */
  public InputStream open(Store store, ContentId content, long offset, long length) {
    Location location = locate(store, content);
    if (offset + length > location.sizeBytes()) {
      throw new FormatException(
          "%s has %d bytes, but some up to %d are wanted."
              .formatted(content, location.sizeBytes(), offset + length));
    }
    return buckets.of(store).get(location.object(), location.offsetBytes() + offset, length);
  }

  /** The whole files' SHA-256 of those of {@code lists} where it is known. */
  public Map<Sha256, Sha256> fileSha256(Store store, Collection<Sha256> lists) {
    return lists.isEmpty()
        ? Map.of()
        : table.fileSha256(store, lists).await().atMost(DATABASE_PATIENCE);
  }

  /** A tree's node, unchecked: trees check what they load. The last ones are kept in memory. */
  public byte[] node(Store store, Sha256 digest) {
    return nodes.get(new NodeKey(store, digest), key -> load(store, digest));
  }

  private byte[] load(Store store, Sha256 digest) {
    Location location = locate(store, new ContentId(ContentKind.NODE, digest));
    try (InputStream in =
        buckets.of(store).get(location.object(), location.offsetBytes(), location.sizeBytes())) {
      return in.readNBytes((int) location.sizeBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Location locate(Store store, ContentId content) {
    return table
        .locate(store, content)
        .await()
        .atMost(DATABASE_PATIENCE)
        .orElseThrow(() -> new FormatException("The store has no " + content + "."));
  }

  /** For a tree's new nodes: puts those that are not there yet. */
  public NodePacker packNodes(Store store) {
    return new NodePacker(
        new NodePacker.Shelf() {
          @Override
          public Set<Sha256> known(Collection<Sha256> digests) {
            return table.known(store, ContentKind.NODE, digests).await().atMost(DATABASE_PATIENCE);
          }

          @Override
          public void put(Pack pack) {
            putPack(store, pack);
          }
        });
  }

  private void putPack(Store store, Pack pack) {
    String object = Buckets.keys(store).pack(pack.sha256());
    buckets.of(store).put(object, pack.bytes(), pack.bytes().length, pack.sha256());
    FaultPoint.reached("commit.pack-put");
    List<Location> locations =
        pack.index().entries().stream()
            .map(
                e ->
                    new Location(
                        e.content(), object, e.offset(), e.lengthBytes(), Optional.empty()))
            .toList();
    table.record(store, locations).await().atMost(DATABASE_PATIENCE);
    pack.index()
        .entries()
        .forEach(e -> nodes.put(new NodeKey(store, e.content().sha256()), pack.content(e)));
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
