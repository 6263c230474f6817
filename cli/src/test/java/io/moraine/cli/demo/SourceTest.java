package io.moraine.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.cli.client.CommandFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
  @Test
  void theImagesThatTheJarBringsAreWhole(@TempDir Path directory) throws Exception {
    Source source = Source.fashionMnist(directory);

    assertThat(source.files()).hasSize(2000);
    assertThat(source.skipped()).isEmpty();
    Set<String> labels =
        source.files().stream()
            .map(file -> file.path().ancestors().get(0).toString())
            .collect(Collectors.toSet());
    assertThat(labels)
        .containsExactlyInAnyOrder(
            "t-shirt",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle-boot");
    assertThat(source.files())
        .allSatisfy(
            file -> {
              var image = ImageIO.read(file.file().toFile());
              assertThat(image.getWidth()).isEqualTo(28);
              assertThat(image.getHeight()).isEqualTo(28);
            });
  }

  @Test
  void theImagesComeWithTheirLicence() {
    assertThat(Source.class.getResource("fashion-mnist.LICENSE")).isNotNull();
  }

  @Test
  void aDirectoryOfTheUsersKeepsItsPathsAndSkipsLinks(@TempDir Path directory) throws Exception {
    Path photos = Files.createDirectories(directory.resolve("My Photos/sub"));
    Files.writeString(photos.resolve("a.txt"), "a");
    Files.createSymbolicLink(photos.resolve("link"), photos.resolve("a.txt"));

    Source source = Source.directory(directory.resolve("My Photos"));

    assertThat(source.dataset().text()).isEqualTo("demo-my-photos");
    assertThat(source.files())
        .singleElement()
        .satisfies(file -> assertThat(file.path().toString()).isEqualTo("sub/a.txt"));
    assertThat(source.skipped()).containsExactly(photos.toRealPath().resolve("link"));
  }

  @Test
  void whatCannotBeShownSaysWhy(@TempDir Path directory) {
    assertThatThrownBy(() -> Source.directory(directory.resolve("missing")))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("missing is no directory");
    assertThatThrownBy(() -> Source.directory(directory))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("holds no files");
  }

  @Test
  void aChangeTouchesOneFileOfAHundredAndLeavesTheSource(@TempDir Path directory) throws Exception {
    Source source = Source.fashionMnist(Files.createDirectory(directory.resolve("images")));

    Change change = Change.of(source, Files.createDirectory(directory.resolve("changed")));

    long different = 0;
    for (int i = 0; i < source.files().size(); i++) {
      SourceFile before = source.files().get(i);
      assertThat(change.files().get(i).path()).isEqualTo(before.path());
      assertThat(SourceFile.hash(before.file())).isEqualTo(before.sha256());
      different += change.files().get(i).sha256().equals(before.sha256()) ? 0 : 1;
    }
    assertThat(different).isEqualTo(20).isEqualTo(change.changedFiles());
  }
}
