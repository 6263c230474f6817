package io.moraine.cache.version;

import io.moraine.kit.database.Database;
import io.moraine.vocabulary.Sha256;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Notes that a version shall be in the cache. Thread-safe; never blocks. */
@ApplicationScoped
public class WantVersion {
  private final Database database;
  private final VersionStore store;
  private final FillWorker fills;

  WantVersion(Database database, VersionStore store, FillWorker fills) {
    this.database = database;
    this.store = store;
    this.fills = fills;
  }

  /** Wants a committed version; again makes it the last used, and tries a failed one again. */
  public Uni<Void> want(VersionKey key, Sha256 digest, long files, long bytes) {
    return database
        .transaction(tx -> store.want(tx, key, digest, files, bytes))
        .invoke(fills::wake);
  }

  /** What is known of a version; empty when nobody wants it. */
  public Uni<Optional<CachedVersion>> find(VersionKey key) {
    return store.find(key);
  }
}
