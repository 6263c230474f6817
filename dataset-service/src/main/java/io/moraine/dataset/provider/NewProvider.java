package io.moraine.dataset.provider;

import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a provider is made from. */
@Schema(
    examples =
        """
        {"type": "s3", "name": "spaces", "config": {"bucket": "faces", "accessKey": "DO00EXAMPLE",
         "secretAccessKey": "secret", "endpoint": "https://nyc3.digitaloceanspaces.com"}}
        """)
record NewProvider(Optional<String> type, String name, Optional<ConfigChange> config) {
  private static final String S3 = "s3";
  private static final int LONGEST_NAME = 128;

  NewProvider {
    if (name == null) {
      throw new IllegalArgumentException("name is missing: what is the storage provider called?");
    }
    checkName(name);
    type.filter(t -> !t.equals(S3))
        .ifPresent(
            t -> {
              throw new IllegalArgumentException("type is %s; it is s3.".formatted(t));
            });
    if (config.isEmpty()) {
      throw new IllegalArgumentException(
          "config is missing: bucket, accessKey and secretAccessKey at least.");
    }
  }

  static void checkName(String name) {
    if (name.isBlank()
        || name.length() > LONGEST_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "name must have 1 to %d characters, and no control characters.".formatted(LONGEST_NAME));
    }
  }
}
