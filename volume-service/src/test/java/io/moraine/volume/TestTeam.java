package io.moraine.volume;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.home.Settings;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.vocabulary.TeamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A team of its own for one test, with its datasets and its workflow engine. */
record TestTeam(TeamId id, Rest rest, Engine engine) implements AutoCloseable {
  static TestTeam create() {
    Rest operator = new Rest(settings(), adminKey());
    JsonNode team =
        operator.post("/teams", "{\"name\": \"test " + UUID.randomUUID() + "\"}").ok().json();
    Rest rest = operator.as(team.at("/key/key").textValue());
    return new TestTeam(new TeamId(team.get("id").textValue()), rest, new Engine(settings(), rest));
  }

  static Settings settings() {
    var variables = EmbeddedStack.variables();
    return new Settings(new Home(Path.of(variables.get("MORAINE_HOME"))), variables);
  }

  private static String adminKey() {
    try {
      return Files.readString(Path.of(settings().get("MORAINE_ADMIN_KEY_FILE"))).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new empty dataset. */
  void dataset(String name) {
    rest.post("/datasets", "{\"name\": \"" + name + "\"}").ok();
  }

  /** Commits a version of one file; returns its id. */
  String version(String dataset, String path, String text) {
    String versions = "/datasets/" + dataset + "/versions";
    String version = rest.post(versions, "{}").ok().json().get("version").textValue();
    rest.put(versions + "/" + version + "/files/" + path, text.getBytes(StandardCharsets.UTF_8))
        .ok();
    rest.post(versions + "/" + version, "{\"isCommitted\": true}").ok();
    return version;
  }

  /** A run as volume-service shows it. */
  JsonNode run(String run) {
    return rest.get("/runs/" + run).ok().json();
  }

  /** The state of a run; {@code none} before it was heard of. */
  String state(String run) {
    Rest.Answer answer = rest.get("/runs/" + run);
    return answer.status() == 404 ? "none" : answer.ok().json().get("state").textValue();
  }

  @Override
  public void close() {
    engine.close();
  }
}
