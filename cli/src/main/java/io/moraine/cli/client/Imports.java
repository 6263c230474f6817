package io.moraine.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.vocabulary.ImportId;
import io.moraine.vocabulary.TagName;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Imports, as dataset-service does them. Thread-safe. */
public final class Imports {
  /**
   * How far it is.
   *
   * @param bytes of the source, of {@code totalBytes} where that is known
   */
  public record Progress(long files, long bytes, Optional<Long> totalBytes) {}

  /**
   * An import as it stands.
   *
   * @param json all that the service says of it
   */
  public record Import(
      ImportId id,
      String state,
      Progress progress,
      Optional<String> version,
      Optional<String> reason,
      JsonNode json) {
    public boolean hasEnded() {
      return List.of("done", "failed", "cancelled").contains(state);
    }
  }

  private record Shown(
      ImportId id,
      String state,
      Progress progress,
      Optional<String> version,
      Optional<String> reason) {}

  private final Service service;

  Imports(Service service) {
    this.service = service;
  }

  /** What is wanted of an import beside where it comes from. */
  public record Wanted(
      Map<String, Object> source,
      Optional<String> message,
      Optional<TagName> tag,
      boolean onLatest,
      Optional<String> directory) {}

  public Import begin(String dataset, Wanted wanted) throws InterruptedException {
    Map<String, Object> body = new HashMap<>(Map.of("source", wanted.source()));
    wanted.message().ifPresent(message -> body.put("message", message));
    wanted.tag().ifPresent(tag -> body.put("tags", List.of(tag)));
    wanted.directory().ifPresent(directory -> body.put("directory", directory));
    if (wanted.onLatest()) {
      body.put("base", "latest");
    }
    return of(service.post(Service.path("datasets", dataset, "imports"), body, JsonNode.class));
  }

  public Import find(String dataset, ImportId id) throws InterruptedException {
    return of(service.get(Service.path("datasets", dataset, "imports", id), JsonNode.class));
  }

  public Import cancel(String dataset, ImportId id) throws InterruptedException {
    return of(
        service.call(
            "DELETE",
            Service.path("datasets", dataset, "imports", id),
            BodyPublishers.noBody(),
            JsonNode.class));
  }

  private Import of(JsonNode json) {
    Shown shown = service.convert(json, Shown.class);
    return new Import(
        shown.id(), shown.state(), shown.progress(), shown.version(), shown.reason(), json);
  }
}
