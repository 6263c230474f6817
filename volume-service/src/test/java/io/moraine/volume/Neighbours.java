package io.moraine.volume;

import io.moraine.testkit.EmbeddedStack;
import io.moraine.testkit.ServiceProcess;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.Map;

/**
 * The real dataset-service and cache-service beside the servers of the stack; volume-service itself
 * listens where the stack's variables say.
 */
public final class Neighbours implements QuarkusTestResourceLifecycleManager {
  private ServiceProcess datasets;
  private ServiceProcess cache;

  @Override
  public Map<String, String> start() {
    Map<String, String> config = new HashMap<>(EmbeddedStack.variables());
    datasets = ServiceProcess.start("dataset-service");
    cache = ServiceProcess.start("cache-service");
    config.put("quarkus.http.test-port", config.get("MORAINE_VOLUME_PORT"));
    return config;
  }

  @Override
  public void stop() {
    cache.close();
    datasets.close();
  }
}
