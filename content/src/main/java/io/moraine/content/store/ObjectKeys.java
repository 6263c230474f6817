package io.moraine.content.store;

import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;

/**
 * The keys of one team's objects in one bucket, under {@code {team}/} below the bucket's prefix,
 * which is {@link BucketAccess}'s business (design section 5). Made of digests and checked ids
 * only. Immutable, thread-safe.
 */
public final class ObjectKeys {
  /** What the keys of the records of all teams in the bucket begin with. */
  public static final String TEAMS = "teams/";

  private final String root;
  private final String team;

  public ObjectKeys(TeamId team) {
    this.team = TEAMS + team;
    this.root = team + "/";
  }

  /** The {@link TeamRecord} of the team; it lies beside the team's own keys, not below. */
  public String team() {
    return team;
  }

  /** What every key but {@link #team()} begins with. */
  public String root() {
    return root;
  }

  /** One content of up to 32 MiB. */
  public String blob(Sha256 sha256) {
    return root + "blobs/" + sharded(sha256);
  }

  /** A pack, under the SHA-256 of the whole object. */
  public String pack(Sha256 sha256) {
    return root + "packs/" + sharded(sha256);
  }

  /** An upload that is not trusted yet; nothing refers to it, and it is garbage after a day. */
  public String incoming(Sha256 sha256) {
    return incoming() + sha256.hex();
  }

  /** What the keys of all uploads begin with that are not trusted yet. */
  public String incoming() {
    return root + "incoming/";
  }

  /** The {@link VersionRecord} of a committed version. */
  public String version(DatasetId dataset, VersionId version) {
    return versions(dataset) + version;
  }

  /** Lies beside the record of a version that was deleted, written before the deletion answers. */
  public String tombstone(DatasetId dataset, VersionId version) {
    return version(dataset, version) + ".deleted";
  }

  /** What the keys of all records and tombstones of a dataset begin with. */
  public String versions(DatasetId dataset) {
    return root + "versions/" + dataset + "/";
  }

  /**
   * Name, tags and edited messages of a dataset; the highest sequence, last in key order, counts.
   */
  public String dataset(DatasetId dataset, long sequence) {
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence is never negative, but this is " + sequence);
    }
    return root + "datasets/" + dataset + "/" + String.format("%019d", sequence);
  }

  /** What the keys of all records of a dataset begin with. */
  public String datasets(DatasetId dataset) {
    return root + "datasets/" + dataset + "/";
  }

  /** Says that a dataset was deleted, whatever else there is of it. */
  public String tombstone(DatasetId dataset) {
    return root + "datasets/" + dataset + ".deleted";
  }

  private static String sharded(Sha256 sha256) {
    String hex = sha256.hex();
    return hex.substring(0, 2) + "/" + hex;
  }
}
