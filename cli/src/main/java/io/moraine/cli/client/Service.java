package io.moraine.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.content.transfer.StallWatch;
import io.moraine.events.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** JSON calls to one service, with its API key. Thread-safe. */
final class Service {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** A commit may take 30 s before it answers 202, a large file the time of its bytes. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

  private static final int NOT_FOUND = 404;
  private static final ObjectMapper JSON = Json.mapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_LIMIT)
          .build();
  private final String name;
  private final URI base;
  private final String variable;
  private final String apiKey;
  private final Duration patience;
  private final StallWatch watch = new StallWatch(StallWatch.DEFAULT_LIMIT);

  /** What never answered is not started, or somewhere else: waiting would not help. */
  private volatile boolean hasAnswered;

  /** Calls that are made once. */
  Service(String name, URI base, String variable, String apiKey) {
    this(name, base, variable, apiKey, Duration.ZERO);
  }

  /**
   * @param name as it stands in messages
   * @param variable the environment variable that sets {@code base}, for messages
   * @param patience how long calls that may be repeated are, once the service has answered one
   */
  Service(String name, URI base, String variable, String apiKey, Duration patience) {
    this.name = name;
    this.base = base;
    this.variable = variable;
    this.apiKey = apiKey;
    this.patience = patience;
  }

  /** Where the service is, without a slash at the end. */
  URI base() {
    return base;
  }

  /** A path of these segments, each one percent-encoded. */
  static String path(Object... segments) {
    return Arrays.stream(segments)
        .map(segment -> "/" + encode(segment.toString()))
        .collect(Collectors.joining());
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  <T> T get(String path, Class<T> answer) throws InterruptedException {
    return call("GET", path, BodyPublishers.noBody(), answer);
  }

  /** As {@link #get}; empty when there is no such thing. */
  <T> Optional<T> find(String path, Class<T> answer) throws InterruptedException {
    try {
      return Optional.of(get(path, answer));
    } catch (CallFailed e) {
      if (e.status() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  <T> T post(String path, Object body, Class<T> answer) throws InterruptedException {
    return call("POST", path, json(body), answer);
  }

  /** As {@link #post}, of what may be done twice. */
  <T> T postAgain(String path, Object body, Class<T> answer) throws InterruptedException {
    return read("POST", path, sendAgain("POST", path, json(body)), answer);
  }

  /** GETs and PUTs are repeated. */
  <T> T call(String method, String path, BodyPublisher body, Class<T> answer)
      throws InterruptedException {
    boolean mayBeRepeated = method.equals("GET") || method.equals("PUT");
    String text = mayBeRepeated ? sendAgain(method, path, body) : send(method, path, body);
    return read(method, path, text, answer);
  }

  private String sendAgain(String method, String path, BodyPublisher body)
      throws InterruptedException {
    return hasAnswered && !patience.isZero()
        ? Patience.answer(patience, () -> send(method, path, body))
        : send(method, path, body);
  }

  private <T> T read(String method, String path, String text, Class<T> answer) {
    try {
      return JSON.readValue(text, answer);
    } catch (JsonProcessingException e) {
      throw new CommandFailed(
          method
              + " "
              + base
              + path
              + " answered what "
              + name
              + " never says; does "
              + variable
              + " point at it? "
              + e.getOriginalMessage(),
          e);
    }
  }

  <T> T convert(JsonNode json, Class<T> type) {
    return JSON.convertValue(json, type);
  }

  static BodyPublisher json(Object body) {
    try {
      return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  String send(String method, String path, BodyPublisher body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(method, body)
            .timeout(ANSWER_LIMIT)
            .header("X-API-Key", apiKey)
            .header("Content-Type", "application/json")
            .build();
    int status;
    String text;
    try {
      HttpResponse<InputStream> answer = http.send(request, watch.body(request.uri()));
      status = answer.statusCode();
      try (InputStream in = answer.body()) {
        text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw CallFailed.unanswered(
          name
              + " does not answer at "
              + base
              + ". Start the stack with 'moraine up', or set "
              + variable
              + " to where it is.",
          e);
    }
    if (status < 500) {
      hasAnswered = true;
    }
    if (status >= 400) {
      throw CallFailed.refused(status, explain(method + " " + path, status, detail(text)));
    }
    return text;
  }

  private String explain(String call, int status, String detail) {
    if (status == 401) {
      return name
          + " at "
          + base
          + " does not know the API key (401). Set MORAINE_API_KEY, or MORAINE_HOME to the"
          + " directory of the stack's admin.key. "
          + detail;
    }
    return detail.isEmpty()
        ? name + " answered " + status + " to " + call + "."
        : detail + " (" + name + ", " + status + ")";
  }

  private static String detail(String body) {
    try {
      JsonNode problem = JSON.readTree(body);
      return problem == null ? "" : problem.path("detail").asText("");
    } catch (JsonProcessingException e) {
      return "";
    }
  }
}
