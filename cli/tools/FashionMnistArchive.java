import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/**
 * Makes the demo's archive again from the original files, byte for byte with the same JDK:
 *
 * <pre>
 * apt-get download dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb original
 * java cli/tools/FashionMnistArchive.java \
 *     original/usr/share/datasets/fashion-mnist cli/src/main/resources/io/moraine/cli/demo/fashion-mnist.zip
 * </pre>
 *
 * Takes the first 2,000 images of the test set (files {@code t10k-*}) in their order, as {@code
 * {label}/{number}.png}.
 */
public class FashionMnistArchive {
  private static final int IMAGES = 2000;
  private static final List<String> LABELS =
      List.of(
          "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
          "ankle-boot");

  public static void main(String[] args) throws IOException {
    Path originals = Path.of(args[0]);
    TreeMap<String, byte[]> files = new TreeMap<>();
    try (DataInputStream images = open(originals.resolve("t10k-images-idx3-ubyte.gz"));
        DataInputStream labels = open(originals.resolve("t10k-labels-idx1-ubyte.gz"))) {
      images.skipNBytes(8);
      labels.skipNBytes(8);
      int height = images.readInt();
      int width = images.readInt();
      for (int i = 0; i < IMAGES; i++) {
        String name = String.format("%s/%05d.png", LABELS.get(labels.readUnsignedByte()), i);
        files.put(name, png(images.readNBytes(width * height), width, height));
      }
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(Path.of(args[1])))) {
      zip.setLevel(9);
      for (var file : files.entrySet()) {
        ZipEntry entry = new ZipEntry(file.getKey());
        entry.setTimeLocal(LocalDateTime.of(2017, 8, 25, 0, 0)); // when they were released
        zip.putNextEntry(entry);
        zip.write(file.getValue());
      }
    }
  }

  private static DataInputStream open(Path gzip) throws IOException {
    return new DataInputStream(new GZIPInputStream(Files.newInputStream(gzip), 1 << 16));
  }

  private static byte[] png(byte[] pixels, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ImageWriteParam smallest = writer.getDefaultWriteParam();
    smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    smallest.setCompressionQuality(0);
    try (var out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), smallest);
    }
    writer.dispose();
    return bytes.toByteArray();
  }
}
