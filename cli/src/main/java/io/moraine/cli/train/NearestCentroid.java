package io.moraine.cli.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.moraine.cli.train.LabelledImages.LabelledImage;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/**
 * The mean image of each label; an image is taken for the label whose mean is nearest (Euclidean
 * distance of pixels). Of each label's images every second one is held out to test with.
 */
final class NearestCentroid {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * What was learnt.
   *
   * @param accuracy share of the held-out images whose label was found
   */
  record Learnt(int labels, int learntFrom, int testedWith, int unreadable, double accuracy) {
    String describe() {
      return String.format(
          Locale.ROOT,
          "nearest centroid of %d labels: learnt from %,d images, %.1f %% of %,d others right",
          labels,
          learntFrom,
          100 * accuracy,
          testedWith);
    }
  }

  /** The sum of the images of one label. */
  private static final class Centroid {
    private final long[] sums = new long[LabelledImages.PIXELS];
    private int images;

    void add(byte[] pixels) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += pixels[i] & 0xff;
      }
      images++;
    }

    double mean(int pixel) {
      return (double) sums[pixel] / images;
    }

    double squaredDistance(byte[] pixels) {
      double sum = 0;
      for (int i = 0; i < sums.length; i++) {
        double difference = mean(i) - (pixels[i] & 0xff);
        sum += difference * difference;
      }
      return sum;
    }

    BufferedImage image() {
      BufferedImage image =
          new BufferedImage(LabelledImages.SIDE, LabelledImages.SIDE, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < sums.length; i++) {
        image
            .getRaster()
            .setSample(
                i % LabelledImages.SIDE, i / LabelledImages.SIDE, 0, (int) Math.round(mean(i)));
      }
      return image;
    }
  }

  private final Map<String, Centroid> centroids = new TreeMap<>();

  private NearestCentroid() {}

  /** Decodes every image once into {@code pixels}, learns and tests from there. */
  static Learnt learn(LabelledImages images, Path pixels, Path model) throws IOException {
    List<String> labels = decode(images, pixels);
    NearestCentroid classifier = new NearestCentroid();
    int tested = 0;
    int right = 0;
    List<Boolean> heldOut = everySecondOfEachLabel(labels);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(pixels))) {
      for (int i = 0; i < labels.size(); i++) {
        byte[] image = in.readNBytes(LabelledImages.PIXELS);
        if (!heldOut.get(i)) {
          classifier.centroids.computeIfAbsent(labels.get(i), label -> new Centroid()).add(image);
        }
      }
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(pixels))) {
      for (int i = 0; i < labels.size(); i++) {
        byte[] image = in.readNBytes(LabelledImages.PIXELS);
        if (heldOut.get(i)) {
          tested++;
          right += classifier.label(image).equals(labels.get(i)) ? 1 : 0;
        }
      }
    }
    Learnt learnt =
        new Learnt(
            classifier.centroids.size(),
            labels.size() - tested,
            tested,
            images.images().size() - labels.size(),
            tested == 0 ? 0 : (double) right / tested);
    classifier.write(learnt, model);
    return learnt;
  }

  private static List<String> decode(LabelledImages images, Path pixels) throws IOException {
    List<String> labels = new ArrayList<>();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(pixels))) {
      for (LabelledImage image : images.images()) {
        Optional<byte[]> decoded = image.pixels();
        if (decoded.isPresent()) {
          out.write(decoded.get());
          labels.add(image.label());
        }
      }
    }
    return labels;
  }

  private static List<Boolean> everySecondOfEachLabel(List<String> labels) {
    Map<String, Integer> seen = new HashMap<>();
    return labels.stream().map(label -> seen.merge(label, 1, Integer::sum) % 2 == 0).toList();
  }

  private String label(byte[] image) {
    String nearest = "";
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Centroid> centroid : centroids.entrySet()) {
      double distance = centroid.getValue().squaredDistance(image);
      if (distance < least) {
        least = distance;
        nearest = centroid.getKey();
      }
    }
    return nearest;
  }

  private void write(Learnt learnt, Path model) throws IOException {
    for (Map.Entry<String, Centroid> centroid : centroids.entrySet()) {
      Path file = model.resolve("mean-" + centroid.getKey() + ".png");
      if (!ImageIO.write(centroid.getValue().image(), "png", file.toFile())) {
        throw new IOException(file + " could not be written: this Java cannot write PNG.");
      }
    }
    JSON.writeValue(model.resolve("model.json").toFile(), learnt);
  }
}
