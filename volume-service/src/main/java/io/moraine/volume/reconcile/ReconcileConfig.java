package io.moraine.volume.reconcile;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The limits of reconciliation. */
@ConfigMapping(prefix = "moraine.reconcile")
interface ReconcileConfig {
  /**
   * How long holds and pins last. They are renewed at half of it, so this service may be away for
   * the other half before a run's inputs can be deleted or evicted; and a hold whose answer a crash
   * swallowed stays for so long.
   */
  @WithDefault("PT2H")
  Duration lease();

  /** How many runs are worked on at once: each may wait for another service. */
  @WithDefault("8")
  int parallel();

  /** How soon a run is looked at that became due without an event. */
  @WithDefault("PT1S")
  Duration poll();

  /** How soon a waiting run is looked at again when no event wakes it. */
  @WithDefault("PT2S")
  Duration patience();
}
