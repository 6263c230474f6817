package io.moraine.cli.train;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;

/** Image files whose label is the name of their directory, in the order of their paths. */
record LabelledImages(List<LabelledImage> images) {
  /** Every image is scaled to this width and height. */
  static final int SIDE = 28;

  static final int PIXELS = SIDE * SIDE;
  private static final Pattern IMAGE = Pattern.compile(".+\\.(png|jpe?g|gif|bmp)");

  record LabelledImage(Path file, String label) {
    /** Its grey pixels, row by row; empty when the file is no image. */
    Optional<byte[]> pixels() throws IOException {
      BufferedImage image = read();
      if (image == null) {
        return Optional.empty();
      }
      BufferedImage grey = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
      Graphics2D graphics = grey.createGraphics();
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(image, 0, 0, SIDE, SIDE, null);
      graphics.dispose();
      return Optional.of(((DataBufferByte) grey.getRaster().getDataBuffer()).getData());
    }

    private BufferedImage read() throws IOException {
      try {
        return ImageIO.read(file.toFile());
      } catch (IIOException e) {
        return null; // Its name says image, its bytes do not.
      }
    }
  }

  static LabelledImages find(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return new LabelledImages(
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.getParent().equals(root))
              .filter(file -> IMAGE.matcher(lowerName(file)).matches())
              .sorted()
              .map(file -> new LabelledImage(file, file.getParent().getFileName().toString()))
              .toList());
    }
  }

  private static String lowerName(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  /** At least two labels, each with one image to learn from and one to test with. */
  boolean canBeLearnt() {
    Map<String, Long> perLabel =
        images.stream().collect(groupingBy(LabelledImage::label, counting()));
    return perLabel.values().stream().filter(count -> count >= 2).count() >= 2;
  }
}
