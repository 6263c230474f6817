package io.moraine.dataset.content;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/**
 * The settings of the watch over referenced objects; {@code application.properties} has their
 * values and reasons.
 */
@ConfigMapping(prefix = "moraine.sources")
interface SourcesConfig {
  /** How often some are looked at. */
  Duration every();

  /** How many at a time: with {@link #every}, the requests a second that it costs at most. */
  int batch();

  /** What was looked at within so long is left alone. */
  Duration lookAgain();
}
