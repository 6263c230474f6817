package io.moraine.kit.condition;

import io.moraine.vocabulary.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Stands for one state of a thing: another state has another tag. Strong in the sense of RFC 9110.
 *
 * @param text without the quotes of the header
 */
public record EntityTag(String text) {
  private static final int HEX_DIGITS = 32;

  /** The tag of a state that these parts, in this order, make up; their texts must tell all. */
  public static EntityTag of(Object... parts) {
    byte[] state = Arrays.deepToString(parts).getBytes(StandardCharsets.UTF_8);
    return new EntityTag(Sha256.of(state).hex().substring(0, HEX_DIGITS));
  }

  /** As it stands in headers. */
  @Override
  public String toString() {
    return '"' + text + '"';
  }
}
