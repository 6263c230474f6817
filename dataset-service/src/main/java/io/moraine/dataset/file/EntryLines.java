package io.moraine.dataset.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.moraine.content.format.ContentId;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Entries as they are sent, a JSON object a line: {@code {path, sizeBytes, content}} or {@code
 * {path, deleted: true}}. Empty lines mean nothing, unknown members are ignored. A line that is no
 * entry is a {@link FileProblem.BadLine}, a body that breaks off a {@link
 * FileProblem.BodyIncomplete}. Memory is one line; not thread-safe.
 */
final class EntryLines implements Iterator<Change> {
  /** A path of 1,024 bytes, every one of them escaped, twice that for what is unknown. */
  static final int LONGEST_LINE = 16 << 10;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final InputStream in;
  private byte[] buffer = new byte[4 * LONGEST_LINE];
  private int begin;
  private int end;
  private boolean ended;
  private long number;
  private Change next;

  EntryLines(InputStream in) {
    this.in = in;
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && (begin < end || fill())) {
        readLine();
      }
      return next != null;
    } catch (IOException e) {
      throw new FileProblem.BodyIncomplete("the connection broke").exception();
    }
  }

  @Override
  public Change next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Change entry = next;
    next = null;
    return entry;
  }

  private void readLine() throws IOException {
    number++;
    int length = lineLength();
    int from = begin;
    begin = Math.min(end, from + length + 1);
    if (length > 0 && buffer[from + length - 1] == '\r') {
      length--;
    }
    if (length > 0) {
      next = entry(from, length);
    }
  }

  /** Bytes up to the next line feed, or to the end of the body. */
  private int lineLength() throws IOException {
    int length = 0;
    while (true) {
      for (; begin + length < end; length++) {
        if (buffer[begin + length] == '\n') {
          return length;
        }
      }
      if (length > LONGEST_LINE) {
        throw bad("it has more than " + LONGEST_LINE + " bytes.");
      }
      if (!fill()) {
        return length;
      }
    }
  }

  /** Reads more behind what is there; false at the end of the body. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (begin > 0) {
      System.arraycopy(buffer, begin, buffer, 0, end - begin);
      end -= begin;
      begin = 0;
    }
    int read = in.read(buffer, end, buffer.length - end);
    ended = read < 0;
    end += Math.max(0, read);
    return !ended;
  }

  private Change entry(int from, int length) {
    try (JsonParser json = JSON.createParser(buffer, from, length)) {
      return entry(json);
    } catch (JsonProcessingException e) {
      throw bad(e.getOriginalMessage().lines().findFirst().orElse("it is no JSON") + ".");
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    } catch (IOException e) {
      throw bad("it is no UTF-8.");
    }
  }

  private static Change entry(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("it is no JSON object.");
    }
    String path = null;
    String content = null;
    long sizeBytes = -1;
    boolean deleted = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "path" -> path = text(json, name, value);
        case "content" -> content = text(json, name, value);
        case "sizeBytes" -> sizeBytes = number(json, value);
        case "deleted" -> deleted = truth(json, value);
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw new IllegalArgumentException("something follows its object.");
    }
    if (path == null) {
      throw new IllegalArgumentException("it has no path.");
    }
    if (deleted) {
      return Change.delete(FilePath.of(path));
    }
    if (content == null || sizeBytes < 0) {
      throw new IllegalArgumentException(
          "it needs sizeBytes, 0 or more, and content; or deleted: true.");
    }
    return Change.put(new FileEntry(FilePath.of(path), sizeBytes, ContentId.parse(content)));
  }

  private static String text(JsonParser json, String name, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_STRING) {
      throw new IllegalArgumentException(name + " is no text.");
    }
    return json.getText();
  }

  private static long number(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_NUMBER_INT) {
      throw new IllegalArgumentException("sizeBytes is no whole number.");
    }
    return json.getLongValue();
  }

  private static boolean truth(JsonParser json, JsonToken value) throws IOException {
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("deleted is neither true nor false.");
    }
    return json.getBooleanValue();
  }

  private RuntimeException bad(String reason) {
    return new FileProblem.BadLine(number, reason).exception();
  }
}
