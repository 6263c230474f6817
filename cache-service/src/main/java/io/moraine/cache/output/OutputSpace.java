package io.moraine.cache.output;

import io.moraine.cache.CacheConfig;
import io.moraine.cache.space.Spaces;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the sealed copies of a team's outputs may take, beside its cache: were it the same room, a
 * run whose pinned inputs fill the cache could never store what it made. Thread-safe.
 */
@ApplicationScoped
class OutputSpace {
  private final CacheConfig config;
  private final Spaces spaces;

  // Guarded by this.
  private final Map<OutputKey, Long> copiedBytes = new HashMap<>();
  // Those that found no room, the longest waiting first.
  private final Set<OutputKey> waiting = new LinkedHashSet<>();

  OutputSpace(CacheConfig config, Spaces spaces) {
    this.config = config;
    this.spaces = spaces;
  }

  /**
   * Takes room for an output's copy, or for more of it. Who finds none is the next to have some: a
   * large output would wait for ever while small ones pass it. Blocking.
   */
  void take(OutputKey output, long bytes) {
    long limit = limitBytes(output.team());
    synchronized (this) {
      long own = copiedBytes.getOrDefault(output, 0L) + bytes;
      if (own > limit) {
        waiting.remove(output);
        throw new TooLarge(
            "%s has more than %,d bytes, the bound for outputs (moraine.cache.output-bytes)."
                .formatted(output, limit));
      }
      if (isBehindAnother(output) || usedBytes(output.team()) + bytes > limit) {
        waiting.add(output);
        throw new IllegalStateException(
            "there is no room for its copy until other outputs are stored");
      }
      waiting.remove(output);
      copiedBytes.put(output, own);
    }
  }

  private boolean isBehindAnother(OutputKey output) {
    return waiting.stream()
        .filter(other -> other.team().equals(output.team()))
        .findFirst()
        .filter(first -> !first.equals(output))
        .isPresent();
  }

  /** The copy is gone, or begins anew. */
  synchronized void giveBack(OutputKey output) {
    copiedBytes.remove(output);
  }

  /** It will not be copied: others need not wait for it. */
  synchronized void leaveQueue(OutputKey output) {
    waiting.remove(output);
  }

  /** At start: what lies on the disk. */
  synchronized void found(OutputKey output, long bytes) {
    copiedBytes.put(output, bytes);
  }

  private long usedBytes(TeamId team) {
    return copiedBytes.entrySet().stream()
        .filter(copy -> copy.getKey().team().equals(team))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private long limitBytes(TeamId team) {
    return config.outputBytes().orElseGet(() -> spaces.of(team).figures().limitBytes());
  }

  /** One output alone is larger than all may be. */
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(String message) {
      super(message);
    }
  }
}
