package io.moraine.dataset.imports;

import io.moraine.dataset.sealing.Sealer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Sources at rest: with their secrets sealed for the one thing that they belong to, where they have
 * any. Thread-safe; never blocks.
 */
@ApplicationScoped
public class SealedSources {
  private final Sealer sealer;

  SealedSources(Sealer sealer) {
    this.sealer = sealer;
  }

  /** The whole source, sealed; none when it has no secrets. */
  public Optional<byte[]> seal(SourceSpec source, String owner) {
    return source.isSecret() ? Optional.of(sealer.seal(source.encode(), owner)) : Optional.empty();
  }

  /** The source with its secrets, of which {@code masked} is what may be shown. */
  public SourceSpec open(SourceSpec masked, Optional<byte[]> sealedSource, String owner) {
    return sealedSource.map(bytes -> SourceSpec.decode(sealer.open(bytes, owner))).orElse(masked);
  }
}
