package io.moraine.cache;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** Every setting and limit of cache-service, set below {@code moraine.cache}. */
@ConfigMapping(prefix = "moraine.cache")
public interface CacheConfig {
  /** Shared storage, {@code MORAINE_SHARE_STORAGE}. */
  Path root();

  /** The region that this file system belongs to, {@code MORAINE_REGION}. */
  String region();

  /**
   * A team's bound in bytes, {@code MORAINE_CACHE_BYTES}. By default half of what is free or used
   * by that team already, at most 100 GiB.
   */
  OptionalLong bytes();

  /**
   * What sealed copies of a team's outputs may take on top of that until they are stored: by
   * default as much as the cache.
   */
  OptionalLong outputBytes();

  /** Fills at once. */
  @WithDefault("8")
  int fills();

  /** Fills at once of one team, so that one team's many do not keep the others waiting. */
  @WithDefault("4")
  int fillsPerTeam();

  /** How long a pinned version waits for room before it has failed and who pins it is told. */
  @WithDefault("PT1H")
  Duration roomPatience();

  /** Files of one output that are hashed at once, when its version is cached. */
  @WithDefault("4")
  int transfers();

  /**
   * Bytes of contents in memory, of all fills and uploads together: one upload at full speed, in a
   * heap of 448 MiB.
   */
  @WithDefault("167772160")
  long transferMemory();

  /** Outputs that are sealed and uploaded at once. */
  @WithDefault("4")
  int outputs();

  /** Links of one file: below the 65,000 of ext4, the least of the common file systems. */
  @WithDefault("60000")
  int linksPerFile();
}
