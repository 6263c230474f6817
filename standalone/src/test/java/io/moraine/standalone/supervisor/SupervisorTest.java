package io.moraine.standalone.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moraine.standalone.home.Home;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules of supervision, on small programs; {@code StackTest} shows them on the real servers.
 */
class SupervisorTest {
  @TempDir Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private RunningStack running;
  private Supervisor supervisor;

  @BeforeEach
  void prepare() throws Exception {
    running = new RunningStack(new Home(directory));
    running.take().orElseThrow();
    supervisor = new Supervisor(running, said::add);
  }

  @AfterEach
  void stop() {
    supervisor.stop();
  }

  @Test
  void whatDiesIsStartedAgainAndSaid() throws Exception {
    supervisor.start(List.of(program("one", "cat"), program("two", "cat")));
    supervisor.up();
    long two = entry("two").pid();
    long one = entry("one").pid();

    ProcessHandle.of(one).orElseThrow().destroyForcibly();

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> said.stream().anyMatch(line -> line.startsWith("one is ready again")));
    assertThat(entry("one").restarts()).isEqualTo(1);
    assertThat(entry("one").pid()).isNotEqualTo(one);
    assertThat(entry("two").pid()).isEqualTo(two);
    assertThat(said)
        .anyMatch(line -> line.startsWith("one was killed by signal 9 (log: "))
        .anyMatch(line -> line.startsWith("one is ready again"));
  }

  @Test
  void whatCannotStartSaysItsLastLine() {
    Program broken = program("broken", "echo first; echo 'the disk is full'; exit 7");

    assertThatThrownBy(() -> supervisor.start(List.of(program("fine", "cat"), broken)))
        .isInstanceOf(ChildFailed.class)
        .hasMessageContaining("broken ended with exit code 7: the disk is full (log: ");
  }

  @Test
  void whatDiesTooOftenStopsEverything() {
    // Ready at once, dead soon after: each life lasts until the probe has seen it.
    Program restless =
        new Program("restless", sh("exec sleep 0.2"), Map.of(), log("restless"), () -> true);
    supervisor.start(List.of(program("calm", "cat"), restless));

    assertThatThrownBy(supervisor::await)
        .isInstanceOf(ChildFailed.class)
        .hasMessageContaining("restless ended with exit code 0")
        .hasMessageContaining("more than 5 times within a minute");
  }

  @Test
  void stoppingEndsEveryProcessByItsStandardInput() throws Exception {
    supervisor.start(List.of(program("polite", "cat; echo bye")));
    ProcessHandle process = entry("polite").process().orElseThrow();

    supervisor.stop();

    assertThat(process.isAlive()).isFalse();
    assertThat(log("polite")).content().endsWith("bye\n");
    supervisor.await();
  }

  @Test
  void deathsOfLongAgoDoNotCount() {
    Deaths deaths = new Deaths();
    Instant start = Instant.EPOCH;
    for (int i = 0; i < 20; i++) {
      assertThat(deaths.tooMany(start.plus(Duration.ofSeconds(13L * i)))).isFalse();
    }
    assertThat(deaths.total()).isEqualTo(20);
  }

  private RunningStack.Entry entry(String name) throws Exception {
    return running.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Ready when it has logged something or lives for good: here, as soon as it was started. */
  private Program program(String name, String script) {
    Probe lives = () -> !script.contains("exit");
    return new Program(name, sh(script), Map.of(), log(name), lives);
  }

  private static List<String> sh(String script) {
    return List.of("/bin/sh", "-c", script);
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }
}
