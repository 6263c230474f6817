package io.moraine.dataset.imports;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A remote file's bytes, opened again where they broke off, a few times in a row. Counts them for
 * the run, and ends with it. Fails with a {@link SourceBrokenException} when nothing helps. For one
 * thread.
 */
final class ResumingStream extends InputStream {
  private static final int TRIES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final RemoteFile file;
  private final ImportRun run;
  private InputStream in;
  private long position;
  private int failures;

  /**
   * @param offset where it begins; those before are not counted
   */
  ResumingStream(RemoteFile file, long offset, ImportRun run) throws IOException {
    this.file = file;
    this.run = run;
    this.position = offset;
    this.in = file.open(offset);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      try {
        int read = in.read(buffer, offset, length);
        if (read >= 0) {
          position += read;
          failures = 0;
          run.read(read);
          return read;
        }
        if (file.length() == RemoteFile.UNKNOWN_LENGTH || position >= file.length()) {
          return -1;
        }
        throw new SourceBrokenException(
            "it ended after %,d of %,d bytes".formatted(position, file.length()));
      } catch (SourceChangedException e) {
        throw e;
      } catch (IOException e) {
        openAgain(e);
      }
    }
  }

  private void openAgain(IOException failure) throws IOException {
    run.requireGoing();
    failures++;
    if (failures >= TRIES || !file.isResumable()) {
      throw new SourceBrokenException("The source broke off: " + failure.getMessage(), failure);
    }
    closeQuietly();
    run.pause(FIRST_PAUSE.multipliedBy(1L << failures));
    try {
      in = file.open(position);
    } catch (SourceBrokenException e) {
      in = new BrokenStream(e);
    }
  }

  private void closeQuietly() {
    try {
      in.close();
    } catch (IOException e) {
      // It is broken already.
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** What could not be opened, as what breaks at once. */
  private static final class BrokenStream extends InputStream {
    private final SourceBrokenException failure;

    BrokenStream(SourceBrokenException failure) {
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      throw failure;
    }
  }
}
