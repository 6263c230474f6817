package io.moraine.cli.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTreeTest {
  @TempDir private Path directory;

  private void write(String path, String text) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> paths(boolean skipLinks) throws IOException {
    return LocalTree.walk(directory, skipLinks).files().stream()
        .map(file -> file.path().toString())
        .toList();
  }

  @Test
  void filesComeInTheOrderOfTheirBytes() throws IOException {
    write("a/b", "");
    write("a!", "");
    write(".hidden", "x");
    write("with space/ö", "");
    write("Z", "");
    write(".moraine-pull/half", "not a file of the user");
    assertThat(paths(false)).containsExactly(".hidden", "Z", "a!", "a/b", "with space/ö");
  }

  @Test
  void ignoreFilesAreReadAsGitReadsThem() throws IOException {
    write(".moraineignore", "*.tmp\n/build/\nlogs/**\n!logs/keep\n# comment\n");
    write("sub/.moraineignore", "!kept.tmp\nlocal\n");
    for (String path :
        List.of(
            "a.tmp",
            "build/x",
            "sub/build/x",
            "sub/kept.tmp",
            "sub/other.tmp",
            "sub/local",
            "local",
            "logs/old",
            "logs/keep")) {
      write(path, path);
    }
    assertThat(paths(false))
        .containsExactly(
            ".moraineignore",
            "local",
            "logs/keep",
            "sub/.moraineignore",
            "sub/build/x",
            "sub/kept.tmp");
  }

  @Test
  void linksAreRefusedByNameOrLeftOut() throws IOException {
    write("file", "x");
    Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
    Files.createSymbolicLink(directory.resolve("loop"), Path.of("."));
    assertThatThrownBy(() -> paths(false))
        .isInstanceOfSatisfying(
            CommandFailed.class,
            failed -> assertThat(failed.exitCode()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining("\"link\", a symbolic link")
        .hasMessageContaining("loop");
    assertThat(paths(true)).containsExactly("file");
  }

  @Test
  void aNameThatIsNotUtf8IsRefused() throws Exception {
    Process made =
        new ProcessBuilder(
                "sh",
                "-c",
                "printf x > \"$1/$(printf 'bad\\377name')\"",
                "sh",
                directory.toString())
            .inheritIO()
            .start();
    assumeTrue(made.waitFor() == 0, "this file system takes UTF-8 names only");
    assertThatThrownBy(() -> paths(false)).hasMessageContaining("is not UTF-8");
  }

  @Test
  void whatIsNoDirectoryIsSaid() {
    assertThatThrownBy(() -> LocalTree.walk(directory.resolve("none"), false))
        .hasMessageContaining("is no directory");
  }
}
