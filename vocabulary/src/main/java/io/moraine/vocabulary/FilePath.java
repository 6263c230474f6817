package io.moraine.vocabulary;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A file's place inside a version: UTF-8 bytes as they came (no normalising), at most 1,024 of
 * them, segments divided by {@code /}, none of them empty, {@code .} or {@code ..}, no NUL. Ordered
 * by its UTF-8 bytes, unsigned, which is the order of the version tree (design section 5).
 */
public final class FilePath implements Comparable<FilePath> {
  /** The longest path, in bytes of UTF-8. */
  public static final int MAX_BYTES = 1024;

  private final String text;

  private FilePath(String text) {
    this.text = text;
  }

  /** Takes a path without a leading slash. */
  public static FilePath of(String text) {
    Objects.requireNonNull(text, "path");
    check(text);
    return new FilePath(text);
  }

  /** As {@link #of}, but strips the one leading slash that the original Gradient client sends. */
  public static FilePath ofClient(String text) {
    Objects.requireNonNull(text, "path");
    return of(text.startsWith("/") ? text.substring(1) : text);
  }

  /**
   * Takes stored bytes; refuses what is not well-formed UTF-8 (overlong forms and surrogates
   * included).
   */
  public static FilePath ofUtf8(byte[] bytes, int offset, int length) {
    if (isAscii(bytes, offset, length)) {
      return of(new String(bytes, offset, length, StandardCharsets.US_ASCII));
    }
    try {
      CharBuffer chars =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      return of(chars.toString());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a path must be UTF-8; this one is not.", e);
    }
  }

  private static boolean isAscii(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private static void check(String text) {
    if (text.isEmpty()) {
      throw refused(text, "it is empty");
    }
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == 0) {
        throw refused(text, "it holds a NUL");
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw refused(text, "it is not well-formed Unicode");
      }
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      i += Character.charCount(c);
    }
    if (bytes > MAX_BYTES) {
      throw refused(text, "it has " + bytes + " bytes; the most is " + MAX_BYTES);
    }
    int begin = 0;
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', begin)) {
      checkSegment(text, begin, slash);
      begin = slash + 1;
    }
    checkSegment(text, begin, text.length());
  }

  private static void checkSegment(String text, int begin, int end) {
    if (begin == end) {
      throw refused(text, "it has an empty segment (a leading, trailing or double '/')");
    }
    boolean dots = end - begin <= 2 && text.charAt(begin) == '.' && text.charAt(end - 1) == '.';
    if (dots) {
      throw refused(text, "the segment '" + text.substring(begin, end) + "' is not allowed");
    }
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException("path " + Quoted.of(text) + " is not valid: " + why + ".");
  }

  /** The UTF-8 bytes, a fresh array. */
  public byte[] utf8() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The directories above this file, outermost first: {@code a/b/c} has {@code a} and {@code a/b}.
   */
  public List<FilePath> ancestors() {
    List<FilePath> ancestors = new ArrayList<>();
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
      ancestors.add(new FilePath(text.substring(0, slash)));
    }
    return List.copyOf(ancestors);
  }

  /** Whether this path lies below {@code directory}. */
  public boolean isBelow(FilePath directory) {
    return text.length() > directory.text.length()
        && text.charAt(directory.text.length()) == '/'
        && text.startsWith(directory.text);
  }

  @Override
  public int compareTo(FilePath other) {
    return compareUtf8(text, other.text);
  }

  /**
   * Compares as UTF-8 bytes do, without making them: UTF-16 order differs from it only where a
   * surrogate meets a character above the surrogates.
   */
  private static int compareUtf8(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean highX = Character.isSurrogate(x);
        boolean highY = Character.isSurrogate(y);
        return highX == highY ? Character.compare(x, y) : highX ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FilePath that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The path fit for a message: quoted, one line, printable, at most 80 characters. */
  public String quoted() {
    return Quoted.of(text);
  }

  /** The path as text. */
  @Override
  public String toString() {
    return text;
  }
}
