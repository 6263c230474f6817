package io.moraine.cache.remote;

import io.moraine.cache.remote.DatasetApiClient.FileAnswer;
import io.moraine.cache.remote.DatasetApiClient.FilePage;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.Limits;
import io.moraine.content.tree.FileEntry;
import io.moraine.kit.auth.Authentication;
import io.moraine.kit.auth.ServiceKey;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.rest.client.inject.RestClient;

/**
 * Reads and writes the files of versions through dataset-service's files API. The one class through
 * which the cache's bytes come and go. Believes nothing: whoever reads checks. Blocking;
 * thread-safe; connections are kept alive, one per call that is under way.
 */
@ApplicationScoped
public class FilesClient {
  private static final int PAGE = 1_000;
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);

  /** Until the first byte of an answer; how long a body takes depends on its size. */
  private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);

  /** An upload that is slower than this is given up and tried again. */
  private static final long SLOWEST_BYTES_PER_SECOND = 1 << 20;

  /** An ETag is the first 32 digits of the digest, a dash and the number of pieces. */
  private static final int ETAG_DIGITS = 32;

  private final DatasetApiClient api;
  private final AnswerMapper answers;
  private final ServiceKey key;
  private final String files;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_PATIENCE)
          .build();

  FilesClient(
      @RestClient DatasetApiClient api,
      AnswerMapper answers,
      ServiceKey key,
      @ConfigProperty(name = "quarkus.rest-client.\"dataset-service\".url") String url) {
    this.api = api;
    this.answers = answers;
    this.key = key;
    this.files = url + "/datasets/{dataset}/versions/{version}/files/{path}";
  }

  /** Takes pages of a listing, in byte order of their paths. */
  @FunctionalInterface
  public interface Pages<E extends Exception> {
    void page(List<FileEntry> files) throws IOException, E;
  }

  /** Hands every file of a version to {@code pages}, at most 1,000 at a time. */
  public <E extends Exception> void list(
      TeamId team, DatasetId dataset, VersionId version, Pages<E> pages)
      throws IOException, RefusedException, E {
    String cursor = null;
    do {
      String from = cursor;
      FilePage page = answers.call(() -> api.files(team, dataset, version, from, PAGE));
      pages.page(page.items().stream().map(FilesClient::entry).toList());
      cursor = page.nextCursor().orElse(null);
    } while (cursor != null);
  }

  private static FileEntry entry(FileAnswer file) {
    ContentKind kind = file.sizeBytes() > Limits.PIECE_BYTES ? ContentKind.LIST : ContentKind.BLOB;
    return new FileEntry(file.path(), file.sizeBytes(), new ContentId(kind, file.digest()));
  }

  /**
   * Opens a file of a committed version. The stream gives {@code sizeBytes} bytes or fails: an
   * answer that announces another length is refused.
   */
  public InputStream open(TeamId team, DatasetId dataset, VersionId version, FileEntry file)
      throws IOException, RefusedException {
    HttpRequest request = request(team, dataset, version, file.path()).GET().build();
    HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (InputStream body = response.body()) {
        throw answers.refusal(response.statusCode(), text(body), null);
      }
    }
    long announced = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (announced != file.sizeBytes()) {
      response.body().close();
      throw new IOException(
          "%s has %,d bytes, but dataset-service sends %,d"
              .formatted(file.path().quoted(), file.sizeBytes(), announced));
    }
    return response.body();
  }

  /** Whether a draft holds exactly this file. */
  public boolean has(TeamId team, DatasetId dataset, VersionId version, FileEntry file)
      throws IOException, RefusedException {
    HttpRequest request =
        request(team, dataset, version, file.path())
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<Void> response = send(request, BodyHandlers.discarding());
    if (response.statusCode() == 404) {
      return false;
    }
    if (response.statusCode() != 200) {
      throw answers.refusal(response.statusCode(), "", null);
    }
    String begin = "\"" + file.content().sha256().hex().substring(0, ETAG_DIGITS) + "-";
    return response.headers().firstValue("ETag").filter(tag -> tag.startsWith(begin)).isPresent();
  }

  /**
   * Puts a file into a draft, replacing what is there under its path.
   *
   * @throws IOException also when dataset-service received something else than {@code file} says
   */
  public void put(TeamId team, DatasetId dataset, VersionId version, FileEntry file, Path bytes)
      throws IOException, RefusedException {
    HttpRequest request =
        request(team, dataset, version, file.path())
            .timeout(ANSWER_PATIENCE.plusSeconds(file.sizeBytes() / SLOWEST_BYTES_PER_SECOND))
            .PUT(HttpRequest.BodyPublishers.ofFile(bytes))
            .build();
    HttpResponse<String> response = send(request, BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw answers.refusal(response.statusCode(), response.body(), null);
    }
    FileAnswer received = answers.read(response.body(), FileAnswer.class);
    if (!entry(received).equals(file)) {
      throw new IOException(
          "%s is %s, but dataset-service received %s"
              .formatted(file.path().quoted(), file.content(), received.digest()));
    }
  }

  /** Takes a file out of a draft. */
  public void delete(TeamId team, DatasetId dataset, VersionId version, FilePath path)
      throws IOException, RefusedException {
    HttpRequest request = request(team, dataset, version, path).DELETE().build();
    HttpResponse<String> response = send(request, BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2 && response.statusCode() != 404) {
      throw answers.refusal(response.statusCode(), response.body(), null);
    }
  }

  private HttpRequest.Builder request(
      TeamId team, DatasetId dataset, VersionId version, FilePath path) {
    boolean encodeSlash = false;
    URI uri =
        UriBuilder.fromUri(files)
            .build(new Object[] {dataset.text(), version.text(), path.toString()}, encodeSlash);
    return HttpRequest.newBuilder(uri)
        .timeout(ANSWER_PATIENCE)
        .header(Authentication.KEY_HEADER, key.key().text())
        .header(Authentication.TEAM_HEADER, team.text());
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws IOException {
    try {
      return http.send(request, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during " + request.method() + " " + request.uri(), e);
    }
  }

  private static String text(InputStream body) throws IOException {
    int most = 64 << 10;
    return new String(body.readNBytes(most), StandardCharsets.UTF_8);
  }
}
