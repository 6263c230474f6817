package io.moraine.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the user guide whose examples are run as they stand there.
 *
 * @param names what stands for something of the reader's own, and what it is here
 */
record Guide(Path page, Map<String, String> names) {
  /** The first example below a heading of the third level; must be there. */
  String example(String heading) {
    try {
      Matcher found =
          Pattern.compile(
                  "^### %s$.*?^```\\w+$\\R(.*?)^```$".formatted(Pattern.quote(heading)),
                  Pattern.MULTILINE | Pattern.DOTALL)
              .matcher(Files.readString(page));
      if (!found.find()) {
        throw new AssertionError(page + " has no example below " + heading);
      }
      String example = found.group(1);
      for (Map.Entry<String, String> name : names.entrySet()) {
        example = example.replace(name.getKey(), name.getValue());
      }
      return example;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
