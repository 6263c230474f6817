package io.moraine.cache.space;

import io.micrometer.core.instrument.MeterRegistry;
import io.moraine.cache.CacheConfig;
import io.moraine.cache.disk.Contents;
import io.moraine.cache.disk.ShareStorage;
import io.moraine.cache.space.TeamSpace.Figures;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * The space of every team. What is used is counted once, from the disk, when a team is first asked
 * for. Thread-safe; blocking.
 */
@ApplicationScoped
public class Spaces {
  private static final long LARGEST_DEFAULT_BYTES = 100L << 30;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CacheConfig config;
  private final ShareStorage storage;
  private final LimitStore limits;
  private final Evictor evictor;
  private final Map<TeamId, TeamSpace> spaces = new ConcurrentHashMap<>();

  Spaces(
      CacheConfig config,
      ShareStorage storage,
      LimitStore limits,
      Evictor evictor,
      MeterRegistry metrics) {
    this.config = config;
    this.storage = storage;
    this.limits = limits;
    this.evictor = evictor;
    metrics.gauge("moraine.cache.bytes", spaces, all -> sum(all.values(), Figures::usedBytes));
    metrics.gauge(
        "moraine.cache.reserved.bytes", spaces, all -> sum(all.values(), Figures::reservedBytes));
  }

  private static double sum(Collection<TeamSpace> spaces, ToLongFunction<Figures> figure) {
    return spaces.stream().map(TeamSpace::figures).mapToLong(figure).sum();
  }

  public TeamSpace of(TeamId team) {
    return spaces.computeIfAbsent(team, this::count);
  }

  /** Sets a team's bound for good, and evicts what is beyond it as far as that may go. */
  public void limit(TeamId team, long bytes) {
    TeamSpace space = of(team);
    limits.set(team, bytes).await().atMost(PATIENCE);
    space.limit(bytes);
  }

  private TeamSpace count(TeamId team) {
    try {
      Contents.Usage used = storage.team(team).contents().usage();
      long limitBytes =
          limits.find(team).await().atMost(PATIENCE).orElseGet(() -> defaultLimit(used.bytes()));
      TeamSpace space = new TeamSpace(team, limitBytes, used.bytes(), used.looseBytes(), evictor);
      space.limit(limitBytes); // what a killed fill left may lie beyond it
      return space;
    } catch (IOException e) {
      throw new UncheckedIOException("the cache of " + team + " cannot be counted", e);
    }
  }

  private long defaultLimit(long usedBytes) {
    return config
        .bytes()
        .orElseGet(() -> Math.min(LARGEST_DEFAULT_BYTES, (freeBytes() + usedBytes) / 2));
  }

  private long freeBytes() {
    try {
      return storage.freeBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the free space of shared storage cannot be asked for", e);
    }
  }
}
