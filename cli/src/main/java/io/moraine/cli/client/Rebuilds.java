package io.moraine.cli.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rebuilding a lost database, as dataset-service does it. */
public final class Rebuilds {
  /**
   * How far it is.
   *
   * @param state running, done or failed
   * @param reason why it failed, or what could not be brought back
   * @param keys new admin keys of teams, said once
   */
  public record Rebuild(
      String id,
      String state,
      int teams,
      long datasets,
      long versions,
      long contents,
      long bytes,
      String reason,
      Optional<List<TeamKey>> keys) {
    public boolean isRunning() {
      return state.equals("running");
    }
  }

  /** A team's new admin key. */
  public record TeamKey(String team, String name, String key) {}

  private final Service service;

  public Rebuilds(Stack stack) {
    this.service =
        new Service(
            "dataset-service", stack.datasetService(), "MORAINE_DATASET_URL", stack.apiKey());
  }

  public Rebuild begin() throws InterruptedException {
    return service.post("/rebuilds", Map.of(), Rebuild.class);
  }

  public Rebuild find(String id) throws InterruptedException {
    return service.get(Service.path("rebuilds", id), Rebuild.class);
  }
}
