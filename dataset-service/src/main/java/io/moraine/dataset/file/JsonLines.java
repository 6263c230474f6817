package io.moraine.dataset.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.moraine.content.tree.FileEntry;
import java.io.IOException;
import java.io.OutputStream;

/** Entries on their way out, a JSON object a line. Not thread-safe. */
final class JsonLines implements AutoCloseable {
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private final JsonGenerator json;

  JsonLines(OutputStream out) throws IOException {
    this.json = JSON.createGenerator(out);
    json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
  }

  void file(FileEntry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", entry.path().toString());
    json.writeNumberField("sizeBytes", entry.sizeBytes());
    json.writeStringField("content", entry.content().text());
    json.writeEndObject();
  }

  /** The line without which the others broke off. */
  void end(long files, long bytes) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("end", true);
    json.writeNumberField("files", files);
    json.writeNumberField("bytes", bytes);
    json.writeEndObject();
    json.writeRaw('\n');
  }

  /** Writes what is left; closes nothing else. */
  @Override
  public void close() throws IOException {
    json.close();
  }
}
