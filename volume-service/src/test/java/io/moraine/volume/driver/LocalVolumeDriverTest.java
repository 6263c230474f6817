package io.moraine.volume.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.volume.mount.SharedStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalVolumeDriverTest extends VolumeDriverContract {
  @TempDir Path root;

  @Override
  VolumeDriver driver() {
    return new LocalVolumeDriver(new SharedStorage(root));
  }

  @Override
  void write(String source, String file, String text) throws IOException {
    Files.writeString(Path.of(source, file), text);
  }

  @Override
  List<String> files(String source) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(source))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Override
  void crashInProvision(VolumeName name) throws IOException {
    Files.createDirectories(directory(name).getParent());
  }

  @Override
  void crashInRelease(VolumeName name) throws IOException {
    Files.delete(directory(name).resolve("one"));
  }

  private Path directory(VolumeName name) {
    return new SharedStorage(root).volume(name.run(), name.job(), name.output());
  }

  private Path provisioned(VolumeName name) throws IOException {
    return Path.of(driver().provision(name, OptionalLong.empty()));
  }

  @Test
  void liesWhereTheArchitectureSays() throws IOException {
    VolumeName name = volume("scratch");

    assertThat(provisioned(name))
        .isEqualTo(
            root.resolve(name.run().team().text())
                .resolve("volumes")
                .resolve(name.run().run().text())
                .resolve("main/scratch"));
  }

  @Test
  void leavesNoDirectoryOfTheRunBehind() throws IOException {
    VolumeName name = volume("scratch");
    Path directory = provisioned(name);

    driver().release(name);

    assertThat(directory.getParent().getParent()).doesNotExist();
    assertThat(directory.getParent().getParent().getParent()).exists();
  }

  @Test
  void removesLinksAndNotWhatTheyPointAt() throws IOException {
    Path outside = Files.createDirectory(root.resolve("outside"));
    Files.writeString(outside.resolve("file"), "kept");
    VolumeName name = volume("scratch");
    Path directory = provisioned(name);
    Files.createSymbolicLink(directory.resolve("directory"), outside);
    Files.createSymbolicLink(directory.resolve("file"), outside.resolve("file"));
    Files.createSymbolicLink(directory.resolve("dangling"), Path.of("/nowhere"));
    Files.createDirectories(directory.resolve("a/b"));
    Files.createSymbolicLink(directory.resolve("a/b/up"), root);

    driver().release(name);

    assertThat(directory).doesNotExist();
    assertThat(outside.resolve("file")).hasContent("kept");
  }

  @Test
  void removesTheLinkThatTookTheVolumesPlace() throws IOException {
    Path outside = Files.createDirectory(root.resolve("outside"));
    Files.writeString(outside.resolve("file"), "kept");
    VolumeName name = volume("scratch");
    Path directory = provisioned(name);
    Files.delete(directory);
    Files.createSymbolicLink(directory, outside);

    driver().release(name);

    assertThat(Files.exists(directory, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(outside.resolve("file")).hasContent("kept");
  }

  @Test
  void removesWhateverTheModes() throws IOException {
    VolumeName name = volume("scratch");
    Path directory = provisioned(name);
    Path locked = Files.createDirectories(directory.resolve("locked/inside"));
    Files.writeString(locked.resolve("file"), "text");
    Files.setPosixFilePermissions(
        locked.resolve("file"), PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setPosixFilePermissions(locked.getParent(), PosixFilePermissions.fromString("---------"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));

    driver().release(name);

    assertThat(directory).doesNotExist();
  }

  @Test
  void removesTreesThatAreDeeperThanAnyPath() throws IOException {
    VolumeName name = volume("scratch");
    Path directory = provisioned(name);
    // Built from the inside out, since no call could name the deepest: 600 levels of 100
    // characters.
    Path tree = Files.createDirectory(directory.resolve("tree"));
    Path above = directory.resolve("above");
    for (int level = 0; level < 600; level++) {
      Files.createDirectory(above);
      Files.move(tree, above.resolve("d".repeat(100)));
      Files.move(above, tree);
    }

    driver().release(name);

    assertThat(directory).doesNotExist();
  }

  @Test
  void namesWhatIsInTheWay() throws IOException {
    VolumeName name = volume("scratch");
    Files.createDirectories(directory(name).getParent());
    Files.writeString(directory(name), "a file");

    assertThatThrownBy(() -> provisioned(name))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory(name).toString())
        .hasMessageContaining("no directory");
  }

  @Test
  void boundsNoSize() {
    assertThat(driver().boundsSize()).isFalse();
  }
}
