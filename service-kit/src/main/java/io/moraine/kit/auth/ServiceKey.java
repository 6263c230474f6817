package io.moraine.kit.auth;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The key with which this service calls the others, read from {@code MORAINE_SERVICE_KEY_FILE}
 * once.
 */
@ApplicationScoped
public class ServiceKey {
  private final ApiKey key;

  ServiceKey(@ConfigProperty(name = "MORAINE_SERVICE_KEY_FILE") Path file) throws IOException {
    this.key =
        ApiKey.parse(Files.readString(file))
            .orElseThrow(() -> new IOException(file + " holds no API key (mk_{id}_{secret})"));
  }

  public ApiKey key() {
    return key;
  }
}
