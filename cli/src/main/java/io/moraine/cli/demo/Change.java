package io.moraine.cli.demo;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;

/**
 * The next state of a source: one file of a hundred (at least one) is another. PNG images get a
 * grey square at a random place (random erasing, a common augmentation), other files one more line.
 * The source itself stays as it is.
 *
 * @param files all of them, the changed ones with their new bytes
 */
record Change(List<SourceFile> files, int changedFiles, long changedBytes) {
  private static final int ONE_OF = 100;

  static Change of(Source source, Path directory) throws IOException {
    Random random = new Random();
    Set<Integer> chosen = new HashSet<>();
    int count = Math.max(1, source.files().size() / ONE_OF);
    while (chosen.size() < count) {
      chosen.add(random.nextInt(source.files().size()));
    }
    List<SourceFile> files = new ArrayList<>(source.files());
    long bytes = 0;
    for (int index : chosen) {
      SourceFile changed =
          change(files.get(index), directory.resolve(Integer.toString(index)), random);
      files.set(index, changed);
      bytes += changed.sizeBytes();
    }
    return new Change(List.copyOf(files), count, bytes);
  }

  private static SourceFile change(SourceFile file, Path target, Random random) throws IOException {
    BufferedImage image = file.path().toString().endsWith(".png") ? read(file.file()) : null;
    if (image == null) {
      Files.copy(file.file(), target);
      Files.writeString(target, UUID.randomUUID() + "\n", StandardOpenOption.APPEND);
    } else {
      erase(image, random);
      ImageIO.write(image, "png", target.toFile());
    }
    return SourceFile.of(file.path(), target);
  }

  private static BufferedImage read(Path file) throws IOException {
    try {
      return ImageIO.read(file.toFile());
    } catch (IIOException e) {
      return null; // Its name says PNG, its bytes do not.
    }
  }

  private static void erase(BufferedImage image, Random random) {
    int side = Math.max(1, Math.min(image.getWidth(), image.getHeight()) / 4);
    int grey = random.nextInt(256);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(grey, grey, grey));
    graphics.fillRect(
        random.nextInt(image.getWidth() - side + 1),
        random.nextInt(image.getHeight() - side + 1),
        side,
        side);
    graphics.dispose();
  }
}
