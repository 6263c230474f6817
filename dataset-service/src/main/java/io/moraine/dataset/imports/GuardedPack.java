package io.moraine.dataset.imports;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jgit.lib.Constants;

/**
 * A git pack on its way, looked through before JGit believes it: how many objects there are, how
 * large each becomes, how much of it comes out of how little, and of changes of changes how many
 * lie above one another and what all of them are together. JGit unpacks such a chain from its
 * bottom and keeps each that has another change waiting, so that a few kilobytes may be gigabytes
 * in memory. Fails with an {@link ImportFailedException}; what is no pack is left to JGit. For one
 * thread; memory: some 20 bytes for each object.
 */
final class GuardedPack extends FilterInputStream {
  /**
   * What a pack may be.
   *
   * @param objectBytes one object, unpacked
   * @param chainBytes the objects of one chain of changes, all together
   * @param chainLength changes above one another
   * @param freeBytes what may come out of however little
   * @param ratio bytes that come out for each that arrives, beyond that
   */
  record Limits(
      long objects,
      long objectBytes,
      long chainBytes,
      int chainLength,
      long freeBytes,
      long ratio) {}

  private enum Reading {
    HEAD,
    TYPE,
    BASE_OFFSET,
    BASE_ID,
    BODY,
    REST
  }

  private static final int HEAD_BYTES = 12;
  private static final int COUNT_AT = 8;

  /** PACK. */
  private static final int SIGNATURE = 0x5041434b;

  private static final int ID_BYTES = 20;

  /** Of the two sizes that a change begins with. */
  private static final int SIZES_BYTES = 20;

  private static final int SCRATCH_BYTES = 16 << 10;
  private static final int FIRST_ROOM = 1024;

  private final Limits limits;
  private final Inflater inflater = new Inflater();
  private final byte[] scratch = new byte[SCRATCH_BYTES];
  private final byte[] head = new byte[Math.max(HEAD_BYTES, SIZES_BYTES)];

  // What is read now, and how much of it.
  private Reading reading = Reading.HEAD;
  private int read;
  private long position;
  private long left;

  // The object that is read now.
  private long begin;
  private int type;
  private long sizeBytes;
  private int shift;
  private long baseOffset;
  private long inflated;

  // Every object up to now, in order: where it begins, its chain's bytes, and the chain's length.
  private int count;
  private long[] begins = new long[FIRST_ROOM];
  private long[] chainBytes = new long[FIRST_ROOM];
  private short[] chainLengths = new short[FIRST_ROOM];

  private long allInflated;
  private long largest;
  private long changedBytes;
  private long changes;
  private boolean namesBases;

  GuardedPack(InputStream in, Limits limits) {
    super(in);
    this.limits = limits;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int got = in.read(buffer, offset, length);
    if (got > 0) {
      look(buffer, offset, offset + got);
    }
    return got;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(count, SCRATCH_BYTES)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    super.close();
  }

  private void look(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && reading != Reading.REST) {
      int next = reading == Reading.BODY ? inflate(bytes, at, to) : take(bytes[at] & 0xff, at);
      position += next - at;
      at = next;
    }
  }

  /** One byte of what stands before a body; where the next one is. */
  private int take(int value, int at) {
    switch (reading) {
      case HEAD -> head(value);
      case TYPE -> type(value);
      case BASE_OFFSET -> baseOffset(value);
      default -> baseId();
    }
    return at + 1;
  }

  private void head(int value) {
    head[read++] = (byte) value;
    if (read < HEAD_BYTES) {
      return;
    }
    left = Integer.toUnsignedLong(ByteBuffer.wrap(head).getInt(COUNT_AT));
    if (ByteBuffer.wrap(head).getInt() != SIGNATURE) {
      reading = Reading.REST;
      return;
    }
    if (left > limits.objects()) {
      throw failed("has %,d objects; the most is %,d".formatted(left, limits.objects()));
    }
    beginObject();
  }

  private void beginObject() {
    reading = left == 0 ? Reading.REST : Reading.TYPE;
    read = 0;
  }

  private void type(int value) {
    if (read++ == 0) {
      begin = position;
      type = value >> 4 & 7;
      sizeBytes = value & 15;
      shift = 4;
    } else {
      sizeBytes |= (long) (value & 0x7f) << Math.min(shift, Long.SIZE - 1);
      shift += 7;
    }
    if ((value & 0x80) == 0) {
      beginBase();
    }
  }

  private void beginBase() {
    requireObject(sizeBytes);
    read = 0;
    baseOffset = 0;
    switch (type) {
      case Constants.OBJ_OFS_DELTA -> reading = Reading.BASE_OFFSET;
      case Constants.OBJ_REF_DELTA -> reading = Reading.BASE_ID;
      default -> beginBody();
    }
  }

  private void baseOffset(int value) {
    baseOffset = read++ == 0 ? value & 0x7f : baseOffset + 1 << 7 | value & 0x7f;
    if ((value & 0x80) == 0) {
      beginBody();
    }
  }

  private void baseId() {
    if (++read == ID_BYTES) {
      namesBases = true;
      beginBody();
    }
  }

  private void beginBody() {
    reading = Reading.BODY;
    inflater.reset();
    inflated = 0;
    if (!isChange()) {
      enter(sizeBytes, 0);
      largest = Math.max(largest, sizeBytes);
    }
  }

  private boolean isChange() {
    return type == Constants.OBJ_OFS_DELTA || type == Constants.OBJ_REF_DELTA;
  }

  private int inflate(byte[] bytes, int from, int to) {
    inflater.setInput(bytes, from, to - from);
    try {
      int out;
      while ((out = inflater.inflate(scratch)) > 0) {
        came(out);
      }
    } catch (DataFormatException e) {
      reading = Reading.REST; // JGit says what is wrong with it
      return to;
    }
    if (inflater.needsDictionary()) {
      reading = Reading.REST;
      return to;
    }
    if (inflater.finished()) {
      left--;
      beginObject();
    }
    return to - inflater.getRemaining();
  }

  private void came(int out) {
    if (isChange() && inflated < SIZES_BYTES) {
      int kept = (int) Math.min(out, SIZES_BYTES - inflated);
      System.arraycopy(scratch, 0, head, (int) inflated, kept);
    }
    boolean hadSizes = inflated >= Math.min(SIZES_BYTES, sizeBytes);
    inflated += out;
    allInflated += out;
    if (isChange() && !hadSizes && inflated >= Math.min(SIZES_BYTES, sizeBytes)) {
      change(resultBytes());
    }
    if (inflated > sizeBytes) {
      throw failed("has an object that is larger than it says");
    }
    if (allInflated > limits.freeBytes() && allInflated / limits.ratio() > position) {
      throw failed("unpacks to more than %d times its size, as bombs do".formatted(limits.ratio()));
    }
  }

  /** The second of two numbers, seven bits a byte. */
  private long resultBytes() {
    int at = 0;
    while (at < SIZES_BYTES - 1 && (head[at] & 0x80) != 0) {
      at++;
    }
    long result = 0;
    for (int i = 0; at + 1 + i < SIZES_BYTES; i++) {
      result |= (long) (head[at + 1 + i] & 0x7f) << Math.min(7 * i, Long.SIZE - 1);
      if ((head[at + 1 + i] & 0x80) == 0) {
        break;
      }
    }
    return result;
  }

  /** Where bases are named and not pointed at, any change may be one of any other. */
  private void change(long resultBytes) {
    requireObject(resultBytes);
    changedBytes += resultBytes;
    changes++;
    long bytes = changedBytes + largest;
    long length = changes;
    if (!namesBases) {
      int base = Arrays.binarySearch(begins, 0, count, begin - baseOffset);
      if (base < 0) {
        throw failed("has a change of nothing");
      }
      bytes = chainBytes[base] + resultBytes;
      length = chainLengths[base] + 1L;
    }
    if (bytes > limits.chainBytes() || length > limits.chainLength()) {
      throw failed(
          "has changes of changes that are more than %,d bytes together, or more than %,d above one another"
              .formatted(limits.chainBytes(), limits.chainLength()));
    }
    enter(bytes, (int) length);
  }

  private void requireObject(long bytes) {
    if (bytes < 0 || bytes > limits.objectBytes()) {
      throw failed(
          "has a file of more than %,d bytes, which is the most. Keep large files elsewhere"
              .formatted(limits.objectBytes()));
    }
  }

  private void enter(long bytes, int length) {
    if (count == begins.length) {
      begins = Arrays.copyOf(begins, 2 * count);
      chainBytes = Arrays.copyOf(chainBytes, 2 * count);
      chainLengths = Arrays.copyOf(chainLengths, 2 * count);
    }
    begins[count] = begin;
    chainBytes[count] = bytes;
    chainLengths[count] = (short) length;
    count++;
  }

  private static ImportFailedException failed(String why) {
    return new ImportFailedException("The repository cannot be imported: it " + why + ".");
  }
}
