package io.moraine.benchmarks;

import io.moraine.standalone.home.Settings;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.file.Files;

/** An open version to put files into. */
record Draft(Settings settings, Rest rest, String key, String dataset, String version) {
  static String dataset(Rest rest, String name) {
    String provider = rest.get("/storageProviders").ok().json().get(0).get("id").textValue();
    String body =
        "{\"name\":\"%s-%d\",\"storageProviderId\":\"%s\"}"
            .formatted(name, System.nanoTime(), provider);
    return rest.post("/datasets", body).ok().json().get("id").textValue();
  }

  static Draft in(RunningStack stack, String dataset) throws IOException {
    Rest rest = stack.rest();
    String version =
        rest.post("/datasets/" + dataset + "/versions", "{}")
            .ok()
            .json()
            .get("version")
            .textValue();
    String key = Files.readString(stack.home().resolve("admin.key")).strip();
    return new Draft(stack.settings(), rest, key, dataset, version);
  }

  Uploads.Upload upload(String path, BodyPublisher body) {
    URI where =
        URI.create(
            settings.get("MORAINE_DATASET_URL")
                + "/datasets/%s/versions/%s/files/%s".formatted(dataset, version, path));
    return new Uploads.Upload(where, key, body);
  }

  void commit() {
    rest.post("/datasets/" + dataset + "/versions/" + version, "{\"isCommitted\":true}").ok();
  }
}
