package io.moraine.events;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The AsyncAPI 3 document of everything that Moraine sends and hears: whole, payload schemas
 * included. A test holds it to the records and schemas.
 */
public final class AsyncApi {
  static final String RESOURCE = "asyncapi.json";

  private AsyncApi() {}

  /** The document, as JSON in UTF-8. */
  public static byte[] document() {
    try (InputStream in = AsyncApi.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
