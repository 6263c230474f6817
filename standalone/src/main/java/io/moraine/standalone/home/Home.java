package io.moraine.standalone.home;

import java.nio.file.Path;

/**
 * Where a run keeps what: the layout of {@code $MORAINE_HOME}. Nothing of a run lies anywhere else,
 * so removing this directory removes all of it.
 */
public record Home(Path root) {

  public Home {
    root = root.toAbsolutePath().normalize();
  }

  /** PostgreSQL's data directory. */
  public Path postgres() {
    return root.resolve("postgres");
  }

  /** PostgreSQL's own programs, unpacked once per version. */
  public Path programs() {
    return root.resolve("programs");
  }

  /** Kafka's logs, its cluster metadata included. */
  public Path kafka() {
    return root.resolve("kafka");
  }

  /** The S3 server's buckets and its uploads under way. */
  public Path s3() {
    return root.resolve("s3");
  }

  public Path logs() {
    return root.resolve("logs");
  }

  /** The log of one process of the stack. */
  public Path log(String process) {
    return logs().resolve(process + ".log");
  }

  /** The file system that workloads mount from: the cache, outputs and volumes. */
  public Path shareStorage() {
    return root.resolve("share-storage");
  }

  /** The API key of the first team's admin, one line, mode 0600. */
  public Path adminKey() {
    return root.resolve("admin.key");
  }

  public Path secrets() {
    return root.resolve("secrets");
  }

  /** What the running supervisor says of itself; see the supervisor package. */
  public Path run() {
    return root.resolve("run");
  }
}
