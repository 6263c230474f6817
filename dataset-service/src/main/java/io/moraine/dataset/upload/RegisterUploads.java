package io.moraine.dataset.upload;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.pack.Pack;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.content.UploadTrust;
import io.moraine.dataset.file.UploadMemory;
import io.moraine.kit.FaultPoint;
import io.moraine.vocabulary.Sha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Records what objects hold that clients have put, once it was looked at: a pack is read whole and
 * every content in it hashed; a blob has the SHA-256 of its name because the bucket took it under
 * that checksum, or is hashed where the provider does not enforce it. Where what is hashed could be
 * replaced afterwards, it arrives under a key of its own and is put by the service itself.
 * Thread-safe, blocking; objects in memory have their share of {@link UploadMemory}.
 */
@ApplicationScoped
class RegisterUploads {
  private static final Duration LONGEST_LOOK = Duration.ofMinutes(20);

  private final Contents contents;
  private final ObjectChecks checks;
  private final UploadMemory memory;
  private final UploadMetrics metrics;

  RegisterUploads(
      Contents contents, ObjectChecks checks, UploadMemory memory, UploadMetrics metrics) {
    this.contents = contents;
    this.checks = checks;
    this.memory = memory;
    this.metrics = metrics;
  }

  /**
   * How many contents the objects hold. Each object is recorded as soon as it is found right, also
   * when another is not. Repeatable.
   */
  long of(Store store, List<UploadObject> objects) {
    return checks.all(store, objects, object -> register(store, object)).stream()
        .mapToLong(Integer::longValue)
        .sum();
  }

  private int register(Store store, UploadObject object) {
    String key = object.key(contents, store.team());
    // When it is its turn: what waited behind a thousand others would be recorded too late.
    contents.awaitDeletions(store, List.of(key));
    long since = System.nanoTime();
    UploadTrust trust = contents.trust(store);
    String arrived = arrivedAs(store, object, key, trust);
    long size =
        contents
            .objectBytes(store, arrived)
            .orElseThrow(() -> new UploadProblem.NotThere(object).exception());
    requireSize(object, size);
    List<Location> held =
        object.type() == UploadObject.Type.BLOB && trust == UploadTrust.CHECKED
            ? List.of(blob(object, key))
            : looked(store, object, key, arrived);
    FaultPoint.reached("upload.verified");
    requireRecent(object, since);
    contents.record(store, held);
    metrics.registered(size);
    return held.size();
  }

  /** A bucket may be slow, but what it had half an hour ago it may have no more. */
  private static void requireRecent(UploadObject object, long sinceNanos) {
    if (System.nanoTime() - sinceNanos > LONGEST_LOOK.toNanos()) {
      throw new UploadProblem.TooSlow(object, LONGEST_LOOK).exception();
    }
  }

  /** Under its own key, where that can be trusted or was put by us. */
  private String arrivedAs(Store store, UploadObject object, String key, UploadTrust trust) {
    if (trust != UploadTrust.NONE) {
      return key;
    }
    String incoming = contents.incomingObject(store.team(), object.sha256());
    return contents.objectBytes(store, incoming).isPresent() ? incoming : key;
  }

  /** Refuses an object of another size than was said. */
  static void requireSize(UploadObject object, long storedBytes) {
    if (storedBytes != object.sizeBytes()) {
      throw new UploadProblem.NotWhatItSays(
              object, "it has %d bytes, not %d".formatted(storedBytes, object.sizeBytes()))
          .exception();
    }
  }

  /** Reads the object and hashes it; what arrived under a key of its own gets the right one. */
  private List<Location> looked(Store store, UploadObject object, String key, String arrived) {
    try (UploadMemory.Share share = memory.takeForCheck(contents.lane(store), object.sizeBytes())) {
      byte[] bytes = read(store, object, arrived);
      List<Location> held =
          object.type() == UploadObject.Type.PACK
              ? pack(object, key, bytes)
              : List.of(hashedBlob(object, key, bytes));
      if (!arrived.equals(key)) {
        contents.putObject(store, key, bytes, bytes.length, object.sha256());
        contents.discard(store, arrived);
      }
      return held;
    } catch (FormatException e) {
      throw new UploadProblem.NotWhatItSays(object, e.getMessage()).exception();
    }
  }

  private List<Location> pack(UploadObject object, String key, byte[] bytes) {
    Pack pack = Pack.read(bytes);
    requireDigest(object, pack.sha256());
    metrics.packVerified();
    return pack.index().entries().stream()
        .map(e -> new Location(e.content(), key, e.offset(), e.lengthBytes(), Optional.empty()))
        .toList();
  }

  private static Location hashedBlob(UploadObject object, String key, byte[] bytes) {
    requireDigest(object, Sha256.of(bytes));
    return blob(object, key);
  }

  private static Location blob(UploadObject object, String key) {
    ContentId content = new ContentId(ContentKind.BLOB, object.sha256());
    return new Location(content, key, 0, object.sizeBytes(), Optional.empty());
  }

  private byte[] read(Store store, UploadObject object, String key) {
    return contents.readObject(store, key, (int) object.sizeBytes());
  }

  private static void requireDigest(UploadObject object, Sha256 found) {
    if (!found.equals(object.sha256())) {
      throw new UploadProblem.NotWhatItSays(object, "its bytes have the SHA-256 " + found)
          .exception();
    }
  }
}
