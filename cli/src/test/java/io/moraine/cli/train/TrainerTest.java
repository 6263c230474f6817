package io.moraine.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  @TempDir Path directory;
  private Path raw;
  private Path scratch;
  private Path model;

  @BeforeEach
  void makeDirectories() throws Exception {
    raw = Files.createDirectory(directory.resolve("raw"));
    scratch = Files.createDirectory(directory.resolve("scratch"));
    model = Files.createDirectory(directory.resolve("model"));
  }

  @Test
  void learnsTheImagesThatTheJarBringsFarBetterThanChance() throws Exception {
    unpackFashionMnist();

    String finding = Trainer.work(raw, scratch, model);

    JsonNode learnt = new ObjectMapper().readTree(model.resolve("model.json").toFile());
    assertThat(learnt.get("labels").asInt()).isEqualTo(10);
    assertThat(learnt.get("learntFrom").asInt() + learnt.get("testedWith").asInt()).isEqualTo(2000);
    assertThat(learnt.get("accuracy").asDouble()).isBetween(0.6, 0.8);
    assertThat(ImageIO.read(model.resolve("mean-sneaker.png").toFile()).getWidth()).isEqualTo(28);
    assertThat(finding).contains("10 labels");
    assertThat(Files.size(scratch.resolve("pixels.bin"))).isEqualTo(2000 * 784);
  }

  @Test
  void readsInputsThatAreALink() throws Exception {
    Files.writeString(raw.resolve("a.txt"), "aaaa");
    Path link = Files.createSymbolicLink(directory.resolve("link"), raw);

    assertThat(Trainer.work(link, scratch, model)).contains("1 files");
  }

  @Test
  void aBrokenImageIsCountedAndNoMore() throws Exception {
    unpackFashionMnist();
    Files.writeString(raw.resolve("sneaker/broken.png"), "no image");

    Trainer.work(raw, scratch, model);

    JsonNode learnt = new ObjectMapper().readTree(model.resolve("model.json").toFile());
    assertThat(learnt.get("unreadable").asInt()).isEqualTo(1);
  }

  @Test
  void takesACensusOfAnythingElse() throws Exception {
    Files.writeString(raw.resolve("a.txt"), "aaaa");
    Files.write(raw.resolve("b.bin"), new byte[] {0, 1, 2, 3});

    Trainer.work(raw, scratch, model);

    JsonNode counted = new ObjectMapper().readTree(model.resolve("census.json").toFile());
    assertThat(counted.get("files").asInt()).isEqualTo(2);
    assertThat(counted.get("bytes").asInt()).isEqualTo(8);
    assertThat(counted.at("/kinds/txt/bytes").asInt()).isEqualTo(4);
    // Half the bytes are one value, the other half four: 0.5 · 1 + 4 · 0.125 · 3 bits.
    assertThat(counted.get("bitsPerByte").asDouble()).isEqualTo(2.0);
    assertThat(model.resolve("files.tsv")).content().contains("a.txt\t4\t0.000", "b.bin\t4\t2.000");
  }

  private void unpackFashionMnist() throws Exception {
    try (InputStream archive =
            getClass().getResourceAsStream("/io/moraine/cli/demo/fashion-mnist.zip");
        ZipInputStream zip = new ZipInputStream(archive)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = raw.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }
}
