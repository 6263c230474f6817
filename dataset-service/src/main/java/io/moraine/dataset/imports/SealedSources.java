package io.moraine.dataset.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.dataset.sealing.Sealer;
import io.moraine.events.Json;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Sources at rest: with their secrets sealed for the one thing that they belong to, where they have
 * any. Thread-safe; never blocks.
 */
@ApplicationScoped
public class SealedSources {
  private final Sealer sealer;
  private final ObjectMapper json = Json.mapper();

  SealedSources(Sealer sealer) {
    this.sealer = sealer;
  }

  /** The whole source, sealed; none when it has no secrets. */
  public Optional<byte[]> seal(SourceSpec source, String owner) {
    return source.isSecret() ? Optional.of(sealer.seal(text(source), owner)) : Optional.empty();
  }

  /** The source with its secrets, of which {@code masked} is what may be shown. */
  public SourceSpec open(SourceSpec masked, Optional<byte[]> sealedSource, String owner) {
    return sealedSource.map(bytes -> parse(sealer.open(bytes, owner))).orElse(masked);
  }

  private String text(SourceSpec source) {
    try {
      return json.writeValueAsString(source);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A source could not be written", e);
    }
  }

  /** Without the cause, which quotes what it read. */
  private SourceSpec parse(String text) {
    try {
      return json.readValue(text, SourceSpec.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A sealed source could not be read");
    }
  }
}
