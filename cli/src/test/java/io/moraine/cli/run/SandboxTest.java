package io.moraine.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.cli.client.CommandFailed;
import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.RunName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What bubblewrap is asked for; {@link LocalJobTest} looks at what it makes of it. */
class SandboxTest {
  private static final Path HOME = Path.of("/data/moraine");
  private static final Path SHARE = HOME.resolve("share-storage");

  private static Mount mount(String name, String path, boolean readOnly) {
    return new Mount(
        new RunName(name),
        path,
        SHARE.resolve("te1/" + name).toString(),
        readOnly,
        Optional.empty());
  }

  private static Sandbox sandbox(Path workingDirectory, Mount... mounts) {
    Map<Path, Optional<Path>> hostRoot =
        new TreeMap<>(
            Map.of(
                Path.of("/bin"), Optional.of(Path.of("usr/bin")),
                Path.of("/usr"), Optional.empty(),
                Path.of("/data"), Optional.empty(),
                Path.of("/proc"), Optional.empty(),
                Path.of("/dev"), Optional.empty(),
                Path.of("/storage"), Optional.empty()));
    return new Sandbox(hostRoot, List.of(SHARE, HOME), List.of(mounts), workingDirectory);
  }

  @Test
  void bindsTheHostHidesTheStackAndThenMounts() {
    List<String> arguments =
        sandbox(
                Path.of("/usr/src"),
                mount("raw", "/inputs/raw", true),
                mount("model", "/outputs/model", false),
                mount("storage", "/storage", false))
            .arguments(List.of("python", "train.py"));

    assertThat(arguments)
        .containsSequence("bwrap", "--unshare-pid", "--as-pid-1", "--die-with-parent")
        .containsSequence("--cap-drop", "ALL")
        .containsSequence("--symlink", "usr/bin", "/bin")
        .containsSubsequence("--bind", "/data", "/data", "--tmpfs", "/data/moraine")
        .containsSequence("--remount-ro", "/data/moraine")
        .containsSequence("--ro-bind", "/data/moraine/share-storage/te1/raw", "/inputs/raw")
        .containsSequence("--bind", "/data/moraine/share-storage/te1/model", "/outputs/model")
        .containsSequence("--bind", "/data/moraine/share-storage/te1/storage", "/storage")
        .containsSequence("--chdir", "/usr/src", "--")
        .endsWith("sh", "python", "train.py");
    assertThat(arguments.indexOf("--tmpfs")).isLessThan(arguments.indexOf("/inputs/raw"));
  }

  @Test
  void neverBindsTheHostsProcDevOrWhatTheMountsReplace() {
    List<String> arguments = sandbox(Path.of("/")).arguments(List.of("true"));

    assertThat(arguments)
        .doesNotContainSequence("--bind", "/proc")
        .doesNotContainSequence("--bind", "/dev")
        .doesNotContainSequence("--bind", "/storage");
  }

  @Test
  void hidesADirectoryOnceWhenAnotherHiddenOneHoldsIt() {
    assertThat(sandbox(Path.of("/")).hidden()).containsExactly(HOME);
  }

  @Test
  void startsAtTheRootWhenTheWorkingDirectoryIsHidden() {
    assertThat(sandbox(HOME.resolve("logs")).arguments(List.of("true")))
        .containsSequence("--chdir", "/", "--");
  }

  @Test
  void refusesAMountThatWouldAlsoBeThereUnprotected() {
    Mount elsewhere =
        new Mount(new RunName("raw"), "/inputs/raw", "/srv/raw", true, Optional.empty());

    assertThatThrownBy(() -> sandbox(Path.of("/"), elsewhere))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("/srv/raw")
        .hasMessageContaining("MORAINE_SHARE_STORAGE");
  }
}
