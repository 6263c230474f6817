package io.moraine.cli.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Trains a classifier on images that lie in one directory per label; of any other files it takes a
 * census.
 */
public final class Trainer {
  private Trainer() {}

  public static void main(String[] args) throws IOException {
    Map<String, String> environment = System.getenv();
    Path outputs = Path.of(environment.get("MORAINE_OUTPUTS"));
    String finding =
        work(
            Path.of(environment.get("MORAINE_INPUTS"), "raw"),
            outputs.resolve("scratch"),
            outputs.resolve("model"));
    System.out.println(finding);
    Files.writeString(
        Path.of(environment.get("MORAINE_STORAGE"), "demo-notes.txt"),
        Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + finding + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** Reads {@code raw} and writes what is learnt to {@code model}; returns it in a sentence. */
  static String work(Path raw, Path scratch, Path model) throws IOException {
    Path files = raw.toRealPath(); // without a sandbox it is a link, which no walk enters
    LabelledImages images = LabelledImages.find(files);
    return images.canBeLearnt()
        ? NearestCentroid.learn(images, scratch.resolve("pixels.bin"), model).describe()
        : Census.take(files, scratch.resolve("files.tsv"), model).describe();
  }
}
