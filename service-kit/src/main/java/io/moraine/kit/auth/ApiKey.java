package io.moraine.kit.auth;

import io.moraine.vocabulary.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API key, {@code mk_{id}_{secret}} in base62. The id is public; of the secret only {@link
 * #secretHash} is ever stored, which is enough since the secret is 256 random bits. Its text never
 * appears in {@link #toString}.
 */
public record ApiKey(String id, String secret) {
  private static final Pattern FORM = Pattern.compile("mk_([0-9A-Za-z]{16})_([0-9A-Za-z]{43})");
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new random key. */
  public static ApiKey random() {
    return new ApiKey(base62(16), base62(43));
  }

  /** Reads a key as it was sent, when it has the form of one. */
  public static Optional<ApiKey> parse(String text) {
    Matcher matcher = FORM.matcher(text == null ? "" : text.strip());
    return matcher.matches()
        ? Optional.of(new ApiKey(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /**
   * The whole key, secret included: for the one answer that shows it, and for calls in its name.
   */
  public String text() {
    return "mk_" + id + "_" + secret;
  }

  /** SHA-256 of the secret. */
  public Sha256 secretHash() {
    return Sha256.of(secret.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return "mk_" + id + "_…";
  }

  private static String base62(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(BASE62.charAt(RANDOM.nextInt(BASE62.length())));
    }
    return text.toString();
  }
}
