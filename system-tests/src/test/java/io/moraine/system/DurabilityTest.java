package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moraine.testkit.blackbox.RunningStack;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What was acknowledged is there after everything stopped, whether it was asked to or killed. */
class DurabilityTest {
  private static final List<String> EVERYTHING =
      List.of(
          "supervisor",
          "dataset-service",
          "cache-service",
          "volume-service",
          "postgres",
          "kafka",
          "s3");

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    try (RunningStack stack = RunningStack.in(SystemStack.home())) {
      stack.up();
      assertThat(Files.getPosixFilePermissions(stack.home().resolve("admin.key")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      Datasets datasets = new Datasets(stack.rest());
      String dataset = datasets.create("kept");
      String first = datasets.committed(dataset, Map.of("a", "first".getBytes(UTF_8)));
      assertThat(stack.moraine("down").exitCode()).isZero();
      stack.up();
      assertThat(datasets.contents(dataset, first)).isEqualTo(Map.of("a", "first"));

      String second = datasets.committed(dataset, Map.of("a", "second".getBytes(UTF_8)));
      String draft = datasets.open(dataset);
      datasets.put(dataset, draft, "b", "draft".getBytes(UTF_8));
      List<ProcessHandle> all = EVERYTHING.stream().map(stack::process).toList();
      RunningStack.kill(all);
      stack.up();
      assertThat(datasets.contents(dataset, first)).isEqualTo(Map.of("a", "first"));
      assertThat(datasets.contents(dataset, second)).isEqualTo(Map.of("a", "second"));
      datasets.commit(dataset, draft);
      assertThat(datasets.contents(dataset, draft)).isEqualTo(Map.of("b", "draft"));

      List<ProcessHandle> orphaned = EVERYTHING.stream().map(stack::process).toList();
      orphaned.get(0).destroyForcibly();
      awaitEnd(orphaned);
    }
  }

  private static void awaitEnd(List<ProcessHandle> processes) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }
}
