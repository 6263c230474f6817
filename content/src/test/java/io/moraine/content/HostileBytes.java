package io.moraine.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.content.format.FormatException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;

/** Tries a decoder with random bytes and with valid ones that were damaged. */
public final class HostileBytes {
  private HostileBytes() {}

  /**
   * Decoding damaged bytes must fail with a {@link FormatException} that says something, or give
   * what encodes to exactly those bytes. Any other exception fails the test.
   */
  public static <T> void check(
      byte[] valid, Random random, Function<byte[], T> decode, Function<T, byte[]> encode) {
    assertThat(encode.apply(decode.apply(valid))).isEqualTo(valid);
    for (byte[] hostile : new byte[][] {noise(random), damaged(valid, random)}) {
      try {
        assertThat(encode.apply(decode.apply(hostile))).isEqualTo(hostile);
      } catch (FormatException e) {
        assertThat(e.getMessage())
            .contains("not a valid")
            .hasSizeGreaterThan(20)
            .hasSizeLessThan(600);
      }
    }
  }

  static byte[] noise(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    if (bytes.length > 0 && random.nextBoolean()) {
      bytes[0] = (byte) (0x11 + random.nextInt(3));
    }
    return bytes;
  }

  static byte[] damaged(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) 0xff;
        case 2 -> bytes[at]++;
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
