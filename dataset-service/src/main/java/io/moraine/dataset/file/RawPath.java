package io.moraine.dataset.file;

import io.moraine.vocabulary.FilePath;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file's path as the request line has it. The HTTP layer cleans paths before it routes them
 * ({@code a/%2e%2e/b} becomes {@code b}), so the file would not be the one that was asked for; here
 * what was sent is decoded once and then has to be a valid path.
 */
final class RawPath {
  private static final Pattern FILE = Pattern.compile("/datasets/[^/]+/versions/[^/]+/files/(.*)");

  private RawPath() {}

  /**
   * The file that the undecoded path of a request names.
   *
   * @throws IllegalArgumentException if it can name none
   */
  static FilePath file(String requestPath) {
    Matcher matcher = FILE.matcher(requestPath);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "The path is not /datasets/{dataset}/versions/{version}/files/{file}, or not plainly so.");
    }
    String raw = matcher.group(1);
    if (raw.toLowerCase(Locale.ROOT).contains("%2f")) {
      throw new IllegalArgumentException(
          "The path has an encoded slash (%2F). Directories are divided by '/' as it is, and names"
              + " cannot hold one.");
    }
    // A byte a character, so that FilePath sees the bytes that were sent.
    String bytes = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
    byte[] utf8 = bytes.getBytes(StandardCharsets.ISO_8859_1);
    return FilePath.ofUtf8(utf8, 0, utf8.length);
  }
}
