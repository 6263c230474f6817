package io.moraine.dataset.imports;

import io.moraine.vocabulary.FilePath;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What sources call their files, which may be anything, as paths. */
final class EntryName {
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);
  private static final char NOT_UTF8 = '\uFFFD';

  private EntryName() {}

  /**
   * The path below {@code directory}, empty for none, that {@code name} means. {@code ./} and
   * double slashes mean nothing. Fails with an {@link ImportFailedException} when it is absolute or
   * leads upwards, with backslashes too, lies below more than {@code maxDepth} directories, or is
   * no path.
   */
  static FilePath path(String directory, String name, int maxDepth) {
    requireInside(name);
    List<String> segments =
        Stream.of(name.split("/")).filter(s -> !s.isEmpty() && !s.equals(".")).toList();
    if (segments.size() > maxDepth) {
      throw refused(name, "it lies below more than " + maxDepth + " directories");
    }
    String relative = String.join("/", segments);
    try {
      return FilePath.of(directory.isEmpty() ? relative : directory + "/" + relative);
    } catch (IllegalArgumentException e) {
      throw refused(name, e.getMessage());
    }
  }

  /** Fails when {@code name} is absolute, leads upwards, or is no UTF-8. */
  static void requireInside(String name) {
    String slashes = name.replace('\\', '/');
    if (slashes.startsWith("/") || DRIVE.matcher(slashes).matches()) {
      throw refused(name, "its name is absolute");
    }
    if (List.of(slashes.split("/")).contains("..")) {
      throw refused(name, "its name leads out of its directory");
    }
    if (name.indexOf(NOT_UTF8) >= 0) {
      throw refused(name, "its name is no UTF-8");
    }
  }

  private static ImportFailedException refused(String name, String why) {
    return new ImportFailedException(
        "The source has a file " + shown(name) + " that cannot be imported: " + why + ".");
  }

  /** Fit for a message: one line, printable, not long. */
  static String shown(String name) {
    String printable = name.replaceAll("\\p{Cntrl}", "?");
    return "\"" + (printable.length() > 200 ? printable.substring(0, 200) + "…" : printable) + "\"";
  }
}
