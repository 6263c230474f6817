package io.moraine.content.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.tree.Change;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The calls of "Versions of many files" (docs/architecture.md) about one version. Each may be
 * repeated, and is while its failure may pass; one that is refused is a {@link
 * CallRefusedException}. Thread-safe. JSON is read and written token by token: an answer of ten
 * thousand contents is no tree in memory, and a short command loads no data binding.
 */
public final class VersionCalls {
  /** Contents that one request may ask about. */
  public static final int MOST_CONTENTS = 10_000;

  /** Objects that one request may name. */
  static final int MOST_OBJECTS = 1_000;

  /** Entries that are staged by one request: some 1.5 MB. */
  static final int MOST_ENTRIES = 10_000;

  private static final String JSON_TYPE = "application/json";
  private static final String NDJSON_TYPE = "application/x-ndjson";

  /** For the headers alone: see {@link StallWatch}. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(10);

  private static final int REFUSED = 400;
  private static final JsonFactory JSON = new JsonFactory();

  private final Transport transport;
  private final TransferMeter meter;
  private final Endpoint endpoint;
  private final String version;

  /** Calls about {@code version} of {@code dataset}, both ids. */
  public VersionCalls(
      Endpoint endpoint, Transport transport, TransferMeter meter, String dataset, String version) {
    this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    this.transport = Objects.requireNonNull(transport, "transport");
    this.meter = Objects.requireNonNull(meter, "meter");
    this.version = "/datasets/" + encode(dataset) + "/versions/" + encode(version);
  }

  /** Which of these the store does not have. */
  public Set<ContentId> missing(Collection<ContentId> contents) throws IOException {
    Set<ContentId> missing = new HashSet<>();
    for (List<ContentId> some : Portions.of(List.copyOf(contents), MOST_CONTENTS)) {
      byte[] body = body(json -> writeContents(json, some));
      post(
          "/contents:missing",
          JSON_TYPE,
          body,
          json ->
              fields(
                  json,
                  name -> {
                    if (!name.equals("missing")) {
                      return false;
                    }
                    readContents(json, missing::add);
                    return true;
                  }));
    }
    return missing;
  }

  /** Where to PUT these objects, in their order; at most {@link #MOST_OBJECTS}. */
  List<SignedPut> uploads(List<StoredObject> objects) throws IOException {
    Map<String, SignedPut> answers = new HashMap<>();
    post(
        "/uploads",
        JSON_TYPE,
        body(json -> writeObjects(json, objects)),
        json ->
            fields(
                json,
                name -> name.equals("uploads") && items(json, () -> readUpload(json, answers))));
    List<SignedPut> uploads = new ArrayList<>();
    for (StoredObject object : objects) {
      SignedPut upload = answers.get(key(object.type().text(), object.sha256().hex()));
      if (upload == null) {
        throw new IOException("dataset-service did not say where to put " + object + ".");
      }
      uploads.add(upload);
    }
    return uploads;
  }

  /** These objects are in the bucket: their contents are the store's once this returns. */
  void uploadsDone(List<StoredObject> objects) throws IOException {
    post(
        "/uploads:done",
        JSON_TYPE,
        body(json -> writeObjects(json, objects)),
        json -> fields(json, name -> false));
  }

  /**
   * Stages these changes, some thousands a request. What a request staged before it was refused
   * stays.
   *
   * @throws CallRefusedException naming contents that are missing, if that is why
   */
  public void stage(List<Change> changes) throws IOException {
    for (List<Change> some : Portions.of(changes, MOST_ENTRIES)) {
      byte[] body = body(json -> writeChanges(json, some));
      post("/files", NDJSON_TYPE, body, json -> fields(json, name -> false));
    }
  }

  /** All files of the version in the order of their paths, as they come. */
  public void list(Consumer<FileEntry> entries) throws IOException {
    list("", entries);
  }

  /** The files whose paths begin with {@code prefix}, in order, as they come. */
  public void list(String prefix, Consumer<FileEntry> entries) throws IOException {
    FilePath[] last = new FilePath[1];
    // What broke off goes on after the last entry that came.
    transport.persist(
        () -> {
          HttpRequest request =
              request("/files?prefix=" + encode(prefix) + after(last[0]))
                  .header("Accept", NDJSON_TYPE)
                  .GET()
                  .build();
          try (InputStream in = answer(request)) {
            readEntries(
                in,
                entry -> {
                  if (last[0] == null || entry.path().compareTo(last[0]) > 0) {
                    last[0] = entry.path();
                    entries.accept(entry);
                  }
                });
          }
          return null;
        });
  }

  private static String after(FilePath last) {
    if (last == null) {
      return "";
    }
    byte[] utf8 = last.toString().getBytes(StandardCharsets.UTF_8);
    return "&cursor=" + Base64.getUrlEncoder().withoutPadding().encodeToString(utf8);
  }

  /** The file of this path; none if there is none. */
  public Optional<FileEntry> find(FilePath path) throws IOException {
    // Of all paths that begin so it is the first.
    HttpRequest request =
        request("/files?limit=1&prefix=" + encode(path.toString()))
            .header("Accept", JSON_TYPE)
            .GET()
            .build();
    FileEntry[] first = new FileEntry[1];
    transport.persist(
        () -> {
          try (InputStream in = answer(request);
              JsonParser json = JSON.createParser(in)) {
            json.nextToken();
            fields(
                json, name -> name.equals("items") && items(json, () -> first[0] = readItem(json)));
          }
          return null;
        });
    return Optional.ofNullable(first[0]).filter(entry -> entry.path().equals(path));
  }

  /** Where to GET these contents; at most {@link #MOST_CONTENTS}. All of them, or it fails. */
  List<Located> locate(List<ContentId> contents) throws IOException {
    List<SignedGet> objects = new ArrayList<>();
    List<Place> places = new ArrayList<>();
    post(
        "/contents:locate",
        JSON_TYPE,
        body(json -> writeContents(json, contents)),
        json -> {
          objects.clear();
          places.clear();
          fields(
              json,
              name ->
                  switch (name) {
                    case "objects" -> items(json, () -> objects.add(readObject(json)));
                    case "contents" -> items(json, () -> places.add(Place.read(json)));
                    default -> false;
                  });
        });
    if (places.size() < new HashSet<>(contents).size()) {
      throw new IOException(
          "dataset-service located " + places.size() + " of " + contents.size() + " contents.");
    }
    return places.stream()
        .map(
            place ->
                new Located(
                    place.content, objects.get(place.object), place.offset, place.sizeBytes))
        .toList();
  }

  // Requests

  @FunctionalInterface
  private interface Reading {
    void of(JsonParser json) throws IOException;
  }

  @FunctionalInterface
  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private void post(String path, String type, byte[] body, Reading reading) throws IOException {
    transport.persist(
        () -> {
          BodyPublisher publisher = BodyPublishers.ofByteArray(body);
          HttpRequest request = request(path).header("Content-Type", type).POST(publisher).build();
          try (InputStream in = answer(request);
              JsonParser json = JSON.createParser(in)) {
            json.nextToken();
            reading.of(json);
          }
          return null;
        });
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint.service() + version + path))
            .timeout(ANSWER_LIMIT);
    endpoint.headers().forEach(request::header);
    return request;
  }

  private InputStream answer(HttpRequest request) throws IOException {
    meter.request();
    HttpResponse<InputStream> answer = transport.send(request);
    if (answer.statusCode() < REFUSED) {
      return answer.body();
    }
    try (InputStream body = answer.body()) {
      throw refusal(request, answer.statusCode(), body.readAllBytes());
    }
  }

  private static CallRefusedException refusal(HttpRequest request, int status, byte[] problem) {
    StringBuilder detail = new StringBuilder();
    List<ContentId> missing = new ArrayList<>();
    try (JsonParser json = JSON.createParser(problem)) {
      json.nextToken();
      fields(
          json,
          name ->
              switch (name) {
                case "detail" -> {
                  detail.append(json.getText());
                  yield true;
                }
                case "missing" -> {
                  readContents(json, missing::add);
                  yield true;
                }
                default -> false;
              });
    } catch (IOException | IllegalArgumentException e) {
      // Whatever stands between may answer in its own words: the status says enough.
      missing.clear();
    }
    String what = request.method() + " " + request.uri().getPath() + " was answered with " + status;
    return new CallRefusedException(
        status, detail.length() == 0 ? what + "." : detail + " (" + what + ")", missing);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  // Writing

  private static byte[] body(Writing writing) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writing.to(json);
    }
    return out.toByteArray();
  }

  private static void writeContents(JsonGenerator json, List<ContentId> contents)
      throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("contents");
    for (ContentId content : contents) {
      json.writeString(content.text());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeObjects(JsonGenerator json, List<StoredObject> objects)
      throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("objects");
    for (StoredObject object : objects) {
      json.writeStartObject();
      json.writeStringField("type", object.type().text());
      json.writeStringField("sha256", object.sha256().hex());
      json.writeNumberField("sizeBytes", object.sizeBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeChanges(JsonGenerator json, List<Change> changes) throws IOException {
    json.setRootValueSeparator(null);
    for (Change change : changes) {
      json.writeStartObject();
      json.writeStringField("path", change.path().toString());
      Optional<FileEntry> entry = change.entry();
      if (entry.isPresent()) {
        json.writeNumberField("sizeBytes", entry.get().sizeBytes());
        json.writeStringField("content", entry.get().content().text());
      } else {
        json.writeBooleanField("deleted", true);
      }
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  // Reading

  @FunctionalInterface
  private interface Field {
    /** Reads the value that begins here, or leaves it to be skipped. */
    boolean read(String name) throws IOException;
  }

  @FunctionalInterface
  private interface Item {
    void read() throws IOException;
  }

  /** The fields of the object that begins here. */
  private static boolean fields(JsonParser json, Field field) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("dataset-service answered " + json.currentToken() + ", not an object.");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (!field.read(name)) {
        json.skipChildren();
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT) {
      throw new EOFException("an answer of dataset-service broke off.");
    }
    return true;
  }

  private static boolean items(JsonParser json, Item item) throws IOException {
    while (json.nextToken() == JsonToken.START_OBJECT) {
      item.read();
    }
    return true;
  }

  private static void readContents(JsonParser json, Consumer<ContentId> contents)
      throws IOException {
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      contents.accept(ContentId.parse(json.getText()));
    }
  }

  private static SignedGet readObject(JsonParser json) throws IOException {
    URI[] url = new URI[1];
    Map<String, String> headers = new HashMap<>();
    fields(
        json,
        name -> {
          if (name.equals("headers") && json.currentToken() == JsonToken.START_OBJECT) {
            return fields(json, header -> headers.put(header, json.getText()) == null);
          }
          if (name.equals("url")) {
            url[0] = URI.create(json.getText());
          }
          return url[0] != null && name.equals("url");
        });
    if (url[0] == null) {
      throw new IOException("dataset-service named an object without a URL.");
    }
    return new SignedGet(url[0], headers);
  }

  private static void readUpload(JsonParser json, Map<String, SignedPut> into) throws IOException {
    Map<String, String> texts = new HashMap<>();
    Map<String, String> headers = new HashMap<>();
    fields(
        json,
        name -> {
          if (name.equals("headers") && json.currentToken() == JsonToken.START_OBJECT) {
            return fields(json, header -> headers.put(header, json.getText()) == null);
          }
          if (json.currentToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_NULL) {
            texts.put(name, json.getText());
            return true;
          }
          return false;
        });
    Optional<URI> url = Optional.ofNullable(texts.get("url")).map(URI::create);
    if (url.isEmpty() && !Boolean.parseBoolean(texts.get("stored"))) {
      throw new IOException("dataset-service gave no URL for " + texts + ".");
    }
    into.put(
        key(texts.get("type"), texts.get("sha256")),
        new SignedPut(Boolean.parseBoolean(texts.get("stored")) ? Optional.empty() : url, headers));
  }

  private static String key(String type, String sha256) {
    return type + ":" + sha256;
  }

  private record Place(ContentId content, int object, long offset, long sizeBytes) {
    static Place read(JsonParser json) throws IOException {
      Map<String, String> texts = new HashMap<>();
      fields(
          json,
          name -> {
            boolean scalar = json.currentToken().isScalarValue();
            if (scalar) {
              texts.put(name, json.getText());
            }
            return scalar;
          });
      try {
        return new Place(
            ContentId.parse(Objects.requireNonNull(texts.get("content"), "content")),
            Integer.parseInt(texts.get("object")),
            Long.parseLong(texts.getOrDefault("offset", "0")),
            Long.parseLong(texts.get("sizeBytes")));
      } catch (IllegalArgumentException | NullPointerException e) {
        throw new IOException("dataset-service located a content as " + texts + ".", e);
      }
    }
  }

  private static void readEntries(InputStream in, Consumer<FileEntry> entries) throws IOException {
    EntryLine line = new EntryLine();
    try (JsonParser json = JSON.createParser(in)) {
      while (json.nextToken() != null) {
        line.clear();
        fields(json, name -> line.take(name, json));
        if (line.isEnd) {
          return;
        }
        entries.accept(line.entry());
      }
    }
    throw new EOFException("a listing of dataset-service broke off before its end.");
  }

  private static FileEntry readItem(JsonParser json) throws IOException {
    EntryLine line = new EntryLine();
    line.clear();
    fields(json, name -> line.take(name, json));
    return line.entry();
  }

  private static final class EntryLine {
    private String path;
    private long sizeBytes;
    private String content;
    private String digest;
    private boolean isEnd;

    void clear() {
      path = null;
      content = null;
      digest = null;
      sizeBytes = -1;
    }

    boolean take(String name, JsonParser json) throws IOException {
      switch (name) {
        case "path" -> path = json.getText();
        case "sizeBytes" -> sizeBytes = json.getLongValue();
        case "content" -> content = json.getText();
        case "digest" -> digest = json.getText();
        case "end" -> isEnd = json.getBooleanValue();
        default -> {
          return false;
        }
      }
      return true;
    }

    FileEntry entry() throws IOException {
      try {
        return new FileEntry(FilePath.of(path), sizeBytes, content());
      } catch (IllegalArgumentException | NullPointerException e) {
        throw new IOException("dataset-service listed what is no file: " + path, e);
      }
    }

    /** A page names its digest alone: the size tells the kind. */
    private ContentId content() {
      if (content != null) {
        return ContentId.parse(content);
      }
      ContentKind kind = sizeBytes > Limits.PIECE_BYTES ? ContentKind.LIST : ContentKind.BLOB;
      return new ContentId(kind, Sha256.ofHex(digest));
    }
  }
}
