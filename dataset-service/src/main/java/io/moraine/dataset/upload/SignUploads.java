package io.moraine.dataset.upload;

import io.moraine.content.store.UrlSigner.SignedUrl;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Store;
import io.moraine.dataset.content.UploadTrust;
import io.moraine.vocabulary.Sha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Says where objects are to be put. Thread-safe, blocking. */
@ApplicationScoped
class SignUploads {
  /** Long enough for 32 MiB at 40 KB/s. */
  static final Duration LIFETIME = Duration.ofMinutes(15);

  /**
   * @param stored whether the bucket has it: then there is nothing to put
   */
  record Upload(
      UploadObject.Type type,
      Sha256 sha256,
      boolean stored,
      Optional<URI> url,
      Optional<Map<String, String>> headers,
      Optional<Instant> expiresAt) {}

  private final Contents contents;
  private final ObjectChecks checks;
  private final UploadMetrics metrics;

  SignUploads(Contents contents, ObjectChecks checks, UploadMetrics metrics) {
    this.contents = contents;
    this.checks = checks;
    this.metrics = metrics;
  }

  /**
   * In the order of {@code objects}. None of them is deleted for half an hour at least, twice as
   * long as the URLs are good for.
   */
  List<Upload> of(Store store, List<UploadObject> objects) {
    contents.awaitDeletions(
        store, objects.stream().map(o -> o.key(contents, store.team())).toList());
    return checks.looks(store, objects, object -> of(store, object));
  }

  private Upload of(Store store, UploadObject object) {
    String key = object.key(contents, store.team());
    OptionalLong stored = contents.objectBytes(store, key);
    if (stored.isEmpty()) {
      return sign(store, object, key);
    }
    RegisterUploads.requireSize(object, stored.getAsLong());
    return new Upload(
        object.type(), object.sha256(), true, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private Upload sign(Store store, UploadObject object, String key) {
    String arrives =
        contents.trust(store) == UploadTrust.NONE
            ? contents.incomingObject(store.team(), object.sha256())
            : key;
    SignedUrl url = contents.signPut(store, arrives, object.sizeBytes(), object.sha256(), LIFETIME);
    metrics.signed();
    return new Upload(
        object.type(),
        object.sha256(),
        false,
        Optional.of(url.url()),
        Optional.of(url.headers()),
        Optional.of(url.expiresAt()));
  }
}
