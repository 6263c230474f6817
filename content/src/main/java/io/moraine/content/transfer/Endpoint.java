package io.moraine.content.transfer;

import java.net.URI;
import java.util.Map;
import java.util.Objects;

/**
 * Where dataset-service is, and what every call shows it.
 *
 * @param headers {@code X-API-Key}, and {@code X-Moraine-Team} of a service
 */
public record Endpoint(URI service, Map<String, String> headers) {
  public Endpoint {
    Objects.requireNonNull(service, "service");
    headers = Map.copyOf(headers);
  }
}
