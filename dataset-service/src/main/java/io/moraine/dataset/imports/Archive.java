package io.moraine.dataset.imports;

import io.moraine.content.file.WrongLengthException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.commons.compress.archivers.ArchiveException;
import org.apache.commons.compress.archivers.ArchiveStreamFactory;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * A tar, tar.gz or zip, read as a stream. It is not trusted: names may not lead out of the version;
 * links and special files are refused, or left out where that was asked for; what it unpacks to is
 * limited, in all and for each byte that arrives; sizes and checksums have to be as it says.
 * Archives in it are files like others. Every failure of what it holds is an {@link
 * ImportFailedException}. For one thread.
 */
final class Archive {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final String name;
  private final InputStream source;
  private final boolean skipLinks;
  private final ImportConfig limits;
  private final ImportRun run;

  /** Bytes that came out: of the outer packing, and of the entries, which may have holes. */
  private final long[] unpacked = new long[2];

  /**
   * @param name for people
   * @param source counts for {@code run} what arrives
   */
  Archive(String name, InputStream source, boolean skipLinks, ImportConfig limits, ImportRun run) {
    this.name = name;
    this.source = source;
    this.skipLinks = skipLinks;
    this.limits = limits;
    this.run = run;
  }

  /** Puts its files, those that an earlier try has put left out. */
  void into(Landing landing) throws IOException {
    long before = run.done().entries();
    run.rewind();
    ArchiveEntries entries = open();
    long count = 0;
    long files = 0;
    Optional<ArchiveEntries.Entry> entry;
    while ((entry = next(entries)).isPresent()) {
      count++;
      boolean isFile = isWanted(entry.get());
      files += isFile ? 1 : 0;
      if (count <= before) {
        passOver(entry.get(), isFile);
      } else {
        take(entry.get(), isFile, landing);
        landing.done(Long.toString(count));
      }
    }
    if (files == 0) {
      throw failed("it holds no files");
    }
  }

  private ArchiveEntries open() throws IOException {
    try {
      InputStream in = new BufferedInputStream(source, BUFFER_BYTES);
      if (isGzip(in)) {
        in = new BufferedInputStream(new Unpacked(0, new GzipCompressorInputStream(in, true)));
      }
      return switch (ArchiveStreamFactory.detect(in)) {
        case ArchiveStreamFactory.ZIP, ArchiveStreamFactory.JAR -> new ZipEntries(in);
        case ArchiveStreamFactory.TAR -> new TarEntries(in);
        default -> throw failed("it is neither tar, tar.gz nor zip");
      };
    } catch (ArchiveException e) {
      if (e.getCause() instanceof IOException broken) {
        throw explained(broken);
      }
      throw failed(
          "it is neither tar, tar.gz nor zip; with \"unpack\": false it is imported as it is");
    } catch (IOException e) {
      throw explained(e);
    }
  }

  private static boolean isGzip(InputStream in) throws IOException {
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC;
  }

  private Optional<ArchiveEntries.Entry> next(ArchiveEntries entries) throws IOException {
    try {
      return entries.next();
    } catch (IOException | RuntimeException e) {
      throw explained(e);
    }
  }

  /**
   * Whether it is a file that is to be put; a directory is none, and a link is refused, or left.
   */
  private boolean isWanted(ArchiveEntries.Entry entry) {
    EntryName.requireInside(entry.name());
    return switch (entry.kind()) {
      case FILE -> true;
      case DIRECTORY -> false;
      case OTHER -> {
        if (!skipLinks) {
          throw failed(
              "it holds "
                  + EntryName.shown(entry.name())
                  + ", which is a link or a special file; with \"skipLinks\": true such entries are"
                  + " left out");
        }
        yield false;
      }
      case UNREADABLE ->
          throw failed(
              EntryName.shown(entry.name())
                  + " is encrypted, or packed in a way that cannot be read as a stream; unpack it"
                  + " and import the files");
    };
  }

  private void passOver(ArchiveEntries.Entry entry, boolean isFile) throws IOException {
    new Unpacked(1, entry.body()).transferTo(OutputStream.nullOutputStream());
    if (isFile) {
      run.fileDone();
    }
  }

  private void take(ArchiveEntries.Entry entry, boolean isFile, Landing landing)
      throws IOException {
    InputStream body = new Unpacked(1, entry.body());
    if (!isFile) {
      body.transferTo(OutputStream.nullOutputStream());
      return;
    }
    try {
      landing.put(landing.path(entry.name()), entry.length(), body);
    } catch (WrongLengthException e) {
      throw failed(
          EntryName.shown(entry.name()) + " is not what the archive says: " + e.getMessage());
    }
  }

  private ImportFailedException failed(String why) {
    return new ImportFailedException("The archive " + name + " cannot be imported: " + why + ".");
  }

  /** A source that breaks is no damage to the archive; whatever else goes wrong in it is. */
  private RuntimeException explained(Exception failure) throws IOException {
    if (failure instanceof ImportFailedException || failure instanceof ImportStoppedException) {
      return (RuntimeException) failure;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SourceBrokenException || cause instanceof SourceChangedException) {
        throw (IOException) cause;
      }
    }
    String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return failed("it is damaged: " + reason);
  }

  /** What comes out, held to the limits. */
  private final class Unpacked extends InputStream {
    private final int layer;
    private final InputStream in;

    Unpacked(int layer, InputStream in) {
      this.layer = layer;
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read;
      try {
        read = in.read(buffer, offset, length);
      } catch (IOException | RuntimeException e) {
        throw explained(e);
      }
      unpacked[layer] += Math.max(0, read);
      requireMeasure(unpacked[layer]);
      return read;
    }
  }

  private void requireMeasure(long cameOut) {
    if (cameOut > limits.maxBytes()) {
      throw failed("it unpacks to more than %,d bytes".formatted(limits.maxBytes()));
    }
    long arrived = run.position().bytes();
    if (cameOut > limits.freeBytes() && cameOut / limits.maxRatio() > arrived) {
      throw failed(
          "it unpacks to more than %d times its size, as bombs do".formatted(limits.maxRatio()));
    }
  }
}
