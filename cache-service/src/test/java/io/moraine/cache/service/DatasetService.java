package io.moraine.cache.service;

import io.moraine.testkit.ServiceProcess;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The real dataset-service as a process. A test's field of type {@link LongAdder} counts the bytes
 * that it answers.
 */
public final class DatasetService implements QuarkusTestResourceLifecycleManager {
  private final LongAdder answeredBytes = new LongAdder();
  private ServiceProcess process;
  private CountingProxy proxy;

  @Override
  public Map<String, String> start() {
    process = ServiceProcess.start("dataset-service");
    try {
      proxy = new CountingProxy(process.url(), answeredBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of("MORAINE_DATASET_URL", proxy.url().toString());
  }

  @Override
  public void inject(TestInjector injector) {
    injector.injectIntoFields(answeredBytes, new TestInjector.MatchesType(LongAdder.class));
  }

  @Override
  public void stop() {
    try {
      proxy.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.close();
    }
  }
}
