package io.moraine.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Stack;
import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.RunName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalJobTest {
  @TempDir Path directory;
  private Path home;
  private Path raw;
  private Path model;
  private Path storage;
  private List<Mount> mounts;
  private Stack stack;
  private final List<String> notices = new ArrayList<>();

  @BeforeEach
  void makeMounts() throws IOException {
    home = Files.createDirectory(directory.toRealPath().resolve("home"));
    Path share = Files.createDirectory(home.resolve("share-storage"));
    raw = Files.createDirectory(share.resolve("raw"));
    model = Files.createDirectory(share.resolve("model"));
    storage = Files.createDirectory(share.resolve("storage"));
    Files.writeString(raw.resolve("data"), "as it was");
    Files.writeString(home.resolve("admin.key"), "secret");
    mounts =
        List.of(
            mount("raw", "/inputs/raw", raw, true),
            mount("model", "/outputs/model", model, false),
            mount("storage", "/storage", storage, false));
    URI nowhere = URI.create("http://127.0.0.1:1");
    stack = new Stack(nowhere, nowhere, nowhere, "", "", Optional.of(home), Optional.of(share));
  }

  private static Mount mount(String name, String path, Path source, boolean readOnly) {
    return new Mount(new RunName(name), path, source.toString(), readOnly, Optional.empty());
  }

  private int inSandbox(String script) throws Exception {
    Optional<String> obstacle = Sandbox.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "SKIPPED, needs namespaces: " + obstacle.get());
    return LocalJob.sandboxed(mounts, stack, notices::add).run(List.of("sh", "-c", script));
  }

  private int unprotected(String script) throws Exception {
    return LocalJob.unprotected(mounts, notices::add).run(List.of("sh", "-c", script));
  }

  private static final String COPY =
      "cp \"$MORAINE_INPUTS/raw/data\" \"$MORAINE_OUTPUTS/model/copy\""
          + " && echo note > \"$MORAINE_STORAGE/note\" && exit 7";

  @Test
  void theCommandFindsItsMountsAndItsExitCodeComesBack() throws Exception {
    assertThat(unprotected(COPY)).isEqualTo(7);

    assertThat(model.resolve("copy")).hasContent("as it was");
    assertThat(storage.resolve("note")).hasContent("note\n");
  }

  @Test
  void inASandboxTheyStandAtTheirPaths() throws Exception {
    assertThat(inSandbox(COPY + " ")).isEqualTo(7);
    assertThat(inSandbox("grep -q 'as it was' /inputs/raw/data && test -d /outputs/model"))
        .isZero();

    assertThat(model.resolve("copy")).hasContent("as it was");
  }

  @Test
  void inASandboxInputsCannotBeChangedAndTheStackCannotBeSeen() throws Exception {
    int exitCode =
        inSandbox(
            "echo x > /inputs/raw/data; rm -f /inputs/raw/data; echo x > /inputs/raw/more;"
                + " test -z \"$(ls -A "
                + home
                + ")\" || exit 1;"
                + " test -z \"$MORAINE_API_KEY\" || exit 2;"
                + " grep -q 'CapEff:.0000000000000000' /proc/self/status || exit 3;"
                + " umount "
                + home
                + " 2>/dev/null && exit 4;"
                + " exit 0");

    assertThat(exitCode).isZero();
    assertThat(raw.resolve("data")).hasContent("as it was");
    assertThat(raw.resolve("more")).doesNotExist();
  }

  @Test
  void inASandboxNothingLivesOnAfterTheCommand() throws Exception {
    String mark = "mark-" + UUID.randomUUID();
    String writer = "while : " + mark + "; do echo x >> /outputs/model/last; done";

    int exitCode =
        inSandbox("setsid sh -c '" + writer + "' & until test -e /outputs/model/last; do :; done");

    assertThat(exitCode).isZero();
    assertThat(living(mark)).isEmpty();
  }

  @Test
  void withoutASandboxLeftoversAreEndedAndSaid() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/environ")), "SKIPPED, needs /proc");

    assertThat(unprotected("setsid sleep 1000 & echo $! > \"$MORAINE_OUTPUTS/model/pid\""))
        .isZero();

    long pid = Long.parseLong(Files.readString(model.resolve("pid")).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(notices).singleElement().asString().contains("Ended 1 process");
  }

  @Test
  void aCommandThatDoesNotExistIsSaid() {
    assertThatThrownBy(
            () -> LocalJob.unprotected(mounts, notices::add).run(List.of("no-such-command")))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("no-such-command");
  }

  @Test
  void anInterruptEndsTheCommand() throws Exception {
    Thread.currentThread().interrupt();

    String mark = "mark-" + UUID.randomUUID();

    assertThatThrownBy(() -> unprotected("sleep 1000; : " + mark))
        .isInstanceOf(InterruptedException.class);

    assertThat(living(mark)).isEmpty();
  }

  private static List<ProcessHandle> living(String mark) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(mark))
        .toList();
  }
}
