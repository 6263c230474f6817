package io.moraine.dataset.imports;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.http.Header;
import org.apache.http.HttpStatus;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;

/**
 * What a URL names. Redirects are followed, five at most, each to a public address, never from
 * https to http, and without the login once they lead to another place. It can be opened anew where
 * the server takes ranges and says by an ETag, or a time of change, that the file is the same. For
 * one thread.
 */
final class WebFile implements RemoteFile {
  private static final int MOST_REDIRECTS = 5;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final SourceHttp http;
  private final ImportSource.Web source;
  private final ImportRun run;
  private final long length;
  private final Optional<String> revision;
  private final boolean takesRanges;
  private CloseableHttpResponse first;

  /** Asks for it: where it is and what it is are known then, and its bytes are on their way. */
  WebFile(SourceHttp http, ImportSource.Web source, ImportRun run) throws IOException {
    this.http = http;
    this.source = source;
    this.run = run;
    this.first = get(Optional.empty());
    requireStatus(first, HttpStatus.SC_OK);
    this.length = first.getEntity() == null ? 0 : first.getEntity().getContentLength();
    this.revision = revision(first);
    this.takesRanges = header(first, "Accept-Ranges").filter("bytes"::equals).isPresent();
  }

  /** What the server says of the file so that another is told from it. */
  Optional<String> revision() {
    return revision;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public boolean isResumable() {
    return revision.isPresent() && takesRanges && length > 0;
  }

  @Override
  public InputStream open(long offset) throws IOException {
    if (offset == 0 && first != null) {
      CloseableHttpResponse asked = first;
      first = null;
      return body(asked);
    }
    close();
    CloseableHttpResponse answer = get(Optional.of(offset));
    if (answer.getStatusLine().getStatusCode() == HttpStatus.SC_OK) {
      answer.close();
      throw new SourceChangedException(source.shown());
    }
    requireStatus(answer, HttpStatus.SC_PARTIAL_CONTENT);
    requireSame(answer, offset);
    return body(answer);
  }

  private void requireSame(CloseableHttpResponse answer, long offset) throws IOException {
    Matcher range = CONTENT_RANGE.matcher(header(answer, "Content-Range").orElse(""));
    boolean isWanted =
        range.matches()
            && Long.parseLong(range.group(1)) == offset
            && (range.group(2).equals("*") || Long.parseLong(range.group(2)) == length);
    if (!isWanted || !revision(answer).equals(revision)) {
      answer.close();
      throw new SourceChangedException(source.shown());
    }
  }

  /** A weak ETag says that two files mean the same, not that they are. */
  private static Optional<String> revision(CloseableHttpResponse answer) {
    return header(answer, "ETag")
        .filter(etag -> !etag.startsWith("W/"))
        .or(() -> header(answer, "Last-Modified"));
  }

  private CloseableHttpResponse get(Optional<Long> offset) throws IOException {
    URI place = source.url();
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      CloseableHttpResponse answer = ask(place, offset);
      if (!REDIRECTS.contains(answer.getStatusLine().getStatusCode())) {
        return answer;
      }
      answer.close();
      place = next(place, header(answer, "Location"));
    }
    throw new ImportFailedException(
        source.shown() + " leads on from place to place, more than " + MOST_REDIRECTS + " times.");
  }

  private CloseableHttpResponse ask(URI place, Optional<Long> offset) throws IOException {
    HttpGet get = new HttpGet(place);
    get.setHeader("Accept-Encoding", "identity");
    if (isOrigin(place)) {
      source.login().ifPresent(login -> get.setHeader("Authorization", authorization(login)));
    }
    if (offset.isPresent()) {
      get.setHeader("Range", "bytes=" + offset.get() + "-");
      revision.ifPresent(same -> get.setHeader("If-Range", same));
    }
    run.onStop(get::abort);
    try {
      return http.client().execute(get);
    } catch (IOException e) {
      run.requireGoing();
      throw SourceHttp.broken(place.getHost(), e);
    }
  }

  private boolean isOrigin(URI place) {
    URI origin = source.url();
    return place.getScheme().equalsIgnoreCase(origin.getScheme())
        && place.getHost().equalsIgnoreCase(origin.getHost())
        && place.getPort() == origin.getPort();
  }

  private static String authorization(ImportSource.Login login) {
    return login
        .user()
        .map(
            user ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            (user + ":" + login.secret().text()).getBytes(StandardCharsets.UTF_8)))
        .orElse("Bearer " + login.secret().text());
  }

  private URI next(URI place, Optional<String> location) {
    try {
      URI next = place.resolve(location.orElse(""));
      boolean isHttp =
          Set.of("http", "https").contains(String.valueOf(next.getScheme()))
              && next.getHost() != null;
      boolean isLess = "https".equals(place.getScheme()) && "http".equals(next.getScheme());
      if (location.isPresent() && isHttp && !isLess) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new ImportFailedException(
        place.getHost()
            + " leads on to where an import does not go: only to http and https, and not from https"
            + " to http.");
  }

  private void requireStatus(CloseableHttpResponse answer, int wanted) throws IOException {
    int status = answer.getStatusLine().getStatusCode();
    if (status == wanted) {
      return;
    }
    answer.close();
    String said =
        "%s answered with %d %s"
            .formatted(source.shown(), status, answer.getStatusLine().getReasonPhrase());
    if (status >= 500 || status == TOO_MANY_REQUESTS || status == HttpStatus.SC_REQUEST_TIMEOUT) {
      throw new SourceBrokenException(said);
    }
    throw new ImportFailedException(
        said + ". Is the URL right, and may it be read with this login?");
  }

  private static Optional<String> header(CloseableHttpResponse answer, String name) {
    return Optional.ofNullable(answer.getFirstHeader(name)).map(Header::getValue);
  }

  /** Ends the connection with it: what is left of a large file is not wanted. */
  private InputStream body(CloseableHttpResponse answer) throws IOException {
    if (answer.getEntity() == null) {
      answer.close();
      return InputStream.nullInputStream();
    }
    return new FilterInputStream(answer.getEntity().getContent()) {
      @Override
      public void close() throws IOException {
        answer.close();
      }
    };
  }

  /** Lets go of the first answer, if nobody has read it. */
  void close() throws IOException {
    if (first != null) {
      first.close();
      first = null;
    }
  }
}
