package io.moraine.testkit.blackbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.standalone.home.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** REST calls with one key, as curl would make them. Thread-safe. */
public final class Rest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** An answer of any status. */
  public record Answer(int status, byte[] body) {
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new IllegalStateException("no JSON: " + text(), e);
      }
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** This answer, which must be a success. */
    public Answer ok() {
      if (status / 100 != 2) {
        throw new IllegalStateException(status + ": " + text());
      }
      return this;
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final Settings settings;
  private final String key;

  /** Calls to the services of {@code settings}. */
  public Rest(Settings settings, String key) {
    this.settings = settings;
    this.key = key;
  }

  /** The same calls with another key. */
  public Rest as(String otherKey) {
    return new Rest(settings, otherKey);
  }

  public Answer get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  public Answer delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  public Answer post(String path, String json) {
    return send("POST", path, BodyPublishers.ofString(json));
  }

  public Answer putJson(String path, String json) {
    return send("PUT", path, BodyPublishers.ofString(json));
  }

  public Answer put(String path, byte[] bytes) {
    return send("PUT", path, BodyPublishers.ofByteArray(bytes));
  }

  public Answer put(String path, BodyPublisher body) {
    return send("PUT", path, body);
  }

  /** The team whose key this is. */
  public String team() {
    return get("/teams/current").ok().json().get("id").textValue();
  }

  private Answer send(String method, String path, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base(path) + path))
            .timeout(PATIENCE)
            .header("X-API-Key", key)
            .method(method, body);
    boolean file = path.contains("/files/");
    if (!file && body.contentLength() > 0) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Each path belongs to one service. */
  private String base(String path) {
    if (path.startsWith("/cache") || path.startsWith("/outputs")) {
      return settings.get("MORAINE_CACHE_URL");
    }
    if (path.startsWith("/runs") || path.startsWith("/volumes")) {
      return settings.get("MORAINE_VOLUME_URL");
    }
    return settings.get("MORAINE_DATASET_URL");
  }
}
