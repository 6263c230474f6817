package io.moraine.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.moraine.events.run.Outcome;
import io.moraine.testkit.blackbox.Engine;
import io.moraine.testkit.blackbox.Rest;
import io.moraine.testkit.blackbox.RunningStack;
import io.moraine.vocabulary.RunName;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Jobs that do what they must not change no committed byte. */
class HostileJobTest {
  private final RunningStack stack = SystemStack.up();
  private final Rest rest = stack.rest();
  private final Datasets datasets = new Datasets(rest);

  @Test
  void aDescriptorThatStaysOpenChangesNothing() throws Exception {
    String input = datasets.create("open-in");
    datasets.committed(input, Map.of("a", "1".getBytes(UTF_8)));
    String output = datasets.create("open-out");
    try (Engine engine = new Engine(stack.settings(), rest)) {
      Runs runs = new Runs(rest, engine);
      RunName run = runs.start(input, output);
      Path file = runs.awaitMounts(run).get("/outputs/model").resolve("weights");
      try (FileChannel open =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        open.write(ByteBuffer.wrap("honest".getBytes(UTF_8)));
        runs.finish(run, Outcome.SUCCEEDED);
        runs.awaitEnd(run, "succeeded");
        open.write(ByteBuffer.wrap("forged".getBytes(UTF_8)), 0);
        open.force(true);
      }
      assertNothingForged(output);
    }
  }

  @Test
  void aSymbolicLinkInAnOutputFailsItByName() throws Exception {
    String input = datasets.create("link-in");
    datasets.committed(input, Map.of("a", "1".getBytes(UTF_8)));
    String output = datasets.create("link-out");
    try (Engine engine = new Engine(stack.settings(), rest)) {
      Runs runs = new Runs(rest, engine);
      RunName run = runs.start(input, output);
      Path model = runs.awaitMounts(run).get("/outputs/model");
      Files.createSymbolicLink(model.resolve("leak"), stack.home().resolve("admin.key"));
      runs.finish(run, Outcome.SUCCEEDED);
      assertThat(runs.awaitEnd(run, "failed").toString()).contains("leak");
      assertThat(datasets.committedVersions(output)).isEmpty();
    }
  }

  @Test
  void aJobInANamespaceOfItsOwnCanNeitherWriteItsInputsNorOutliveItself() throws Exception {
    assumeTrue(
        namespacesWork(), "SKIPPED: bubblewrap is not installed, or namespaces do not work here");
    String input = datasets.create("jail-in");
    String version = datasets.committed(input, Map.of("a", "honest".getBytes(UTF_8)));
    String output = datasets.create("jail-out");
    String script =
        """
        (exec 3>/outputs/model/weights; printf honest >&3; sleep 3; printf forged >&3) &
        while [ ! -s /outputs/model/weights ]; do :; done
        echo forged > /inputs/raw/a && echo INPUT-WRITTEN
        chmod 777 /inputs/raw /inputs/raw/a && echo INPUT-CHMOD
        cat %s/admin.key && echo KEY-READ
        cat /inputs/raw/a
        exit 0
        """
            .formatted(stack.home());
    RunningStack.Result result =
        stack.moraine(
            "run",
            "--input",
            "raw=" + input,
            "--output",
            "model=" + output,
            "--volume",
            "scratch",
            "--",
            "sh",
            "-c",
            script);
    assertThat(result.exitCode()).as(result.out()).isZero();
    assertThat(result.out())
        .contains("honest")
        .doesNotContain("INPUT-WRITTEN", "INPUT-CHMOD", "KEY-READ");
    assertThat(datasets.contents(input, version)).isEqualTo(Map.of("a", "honest"));
    assertNothingForged(output);
  }

  @Test
  void theCommandsExitCodeIsTheRunsAndAFailureCommitsNothing() {
    String input = datasets.create("fail-in");
    datasets.committed(input, Map.of("a", "1".getBytes(UTF_8)));
    String output = datasets.create("fail-out");
    RunningStack.Result result =
        stack.moraine(
            "run",
            "--input",
            "raw=" + input,
            "--output",
            "model=" + output,
            "--",
            "sh",
            "-c",
            "cat \"$MORAINE_INPUTS/raw/a\" > \"$MORAINE_OUTPUTS/model/half\"; exit 7");
    assertThat(result.exitCode()).as(result.out()).isEqualTo(7);
    assertThat(datasets.committedVersions(output)).isEmpty();
  }

  private void assertNothingForged(String output) {
    JsonNode versions = datasets.committedVersions(output);
    assertThat(versions).hasSize(1);
    String version = versions.get(0).get("version").textValue();
    assertThat(datasets.contents(output, version)).isEqualTo(Map.of("weights", "honest"));
    Path cached =
        stack
            .settings()
            .home()
            .shareStorage()
            .resolve(rest.team())
            .resolve("datasets")
            .resolve(output)
            .resolve(version);
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.isDirectory(cached));
    assertThat(cached.resolve("weights")).hasContent("honest");
  }

  private static boolean namespacesWork() throws Exception {
    try {
      Process probe =
          new ProcessBuilder(
                  // As the command line asks.
                  "bwrap",
                  "--unshare-pid",
                  "--as-pid-1",
                  "--die-with-parent",
                  "--cap-drop",
                  "ALL",
                  "--ro-bind",
                  "/",
                  "/",
                  "--",
                  "true")
              .start();
      return probe.waitFor(20, TimeUnit.SECONDS) && probe.exitValue() == 0;
    } catch (java.io.IOException notInstalled) {
      return false;
    }
  }
}
