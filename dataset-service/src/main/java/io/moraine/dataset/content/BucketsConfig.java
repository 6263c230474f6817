package io.moraine.dataset.content;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** Bounds of the buckets of teams' own; the values and their reasons are the configuration's. */
@ConfigMapping(prefix = "moraine.providers")
interface BucketsConfig {
  /** Requests to one bucket at once. */
  int connections();

  /** More that wait for one of them; what is beyond is refused. */
  int waiting();

  /** How long a request waits for its turn at most. */
  Duration patience();

  /** For which a bucket may send nothing while it is waited for. */
  Duration silence();

  /** How often a request is tried. */
  int attempts();

  /** So many of {@link #lastRequests} without an answer, and a bucket counts as down. */
  int failures();

  int lastRequests();

  /** After which a bucket that is down is asked again, by one request. */
  Duration retryAfter();

  /** After which a change that another process made is seen. */
  Duration changesAfter();

  /** Clients of buckets in memory; one that is not used for so long goes. */
  int clients();

  Duration clientsIdle();

  /** Probes at once. */
  int parallelProbes();
}
