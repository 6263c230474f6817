package io.moraine.dataset.collect;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** The collector's settings; {@code application.properties} has their values and reasons. */
@ConfigMapping(prefix = "moraine.collect")
interface CollectConfig {
  /** From one run over a store to the next. */
  Duration every();

  /** Younger contents are never condemned, and condemned ones stay for so long. */
  Duration grace();

  /** From when an object is found to hold nothing until it may be deleted. */
  Duration objectDelay();

  /** Only objects at least this old, by the provider's clock, are taken for orphans. */
  Duration orphanAge();

  /** Records of deleted versions, and their tombstones, stay so long by the provider's clock. */
  Duration tombstoneAge();

  /** Fewer small contents that are objects of their own are not worth a pack. */
  int looseAtLeast();

  /** More bytes than this are not moved into new packs in one run. */
  long repackBytes();

  /** A version whose nodes lie in more packs than this gets new ones for them. */
  int nodePacks();
}
