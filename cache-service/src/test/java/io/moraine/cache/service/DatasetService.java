package io.moraine.cache.service;

import io.moraine.testkit.ServiceProcess;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** The real dataset-service as a process. */
public final class DatasetService implements QuarkusTestResourceLifecycleManager {
  private ServiceProcess process;

  @Override
  public Map<String, String> start() {
    process = ServiceProcess.start("dataset-service");
    return Map.of("MORAINE_DATASET_URL", process.url().toString());
  }

  @Override
  public void stop() {
    process.close();
  }
}
