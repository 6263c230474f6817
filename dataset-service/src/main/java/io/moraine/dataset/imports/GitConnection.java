package io.moraine.dataset.imports;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.apache.http.Header;
import org.apache.http.HttpHeaders;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.entity.ByteArrayEntity;
import org.eclipse.jgit.transport.http.HttpConnection;

/**
 * One request of JGit's, made by {@link SourceHttp}: to a public address, with certificates checked
 * whatever a configuration says. Its body is in memory until it is sent: what a fetch asks for is
 * small. The answer is counted for the run and limited; a server that does not speak git's protocol
 * is refused, since the older way has no limits. For one thread.
 */
final class GitConnection implements HttpConnection {
  /** A quarter of a million refs, which are some 60 MiB in memory. */
  private static final long MOST_ANNOUNCED_BYTES = 16 << 20;

  private static final String ANNOUNCEMENT = "application/x-git-upload-pack-advertisement";

  /** Set by what sends it; or, of the encoding, never wanted: packs are compressed already. */
  private static final Set<String> OWN_HEADERS = ownHeaders();

  private final SourceHttp http;
  private final URL url;
  private final ImportRun run;
  private final long mostBytes;
  private final URI place;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private CloseableHttpResponse answer;

  GitConnection(SourceHttp http, URL url, ImportRun run, long mostBytes) throws IOException {
    this.http = http;
    this.url = url;
    this.run = run;
    this.mostBytes = mostBytes;
    try {
      this.place = url.toURI();
    } catch (URISyntaxException e) {
      throw new IOException(url + " is no URL", e);
    }
  }

  private static Set<String> ownHeaders() {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(
        List.of(
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.TRANSFER_ENCODING,
            HttpHeaders.ACCEPT_ENCODING,
            HttpHeaders.USER_AGENT));
    return names;
  }

  private CloseableHttpResponse answer() throws IOException {
    if (answer == null) {
      HttpUriRequest asked = request();
      run.onStop(asked::abort);
      try {
        answer = http.client().execute(asked);
      } catch (IOException e) {
        run.requireGoing();
        throw SourceHttp.broken(url.getHost(), e);
      }
      requireGitServer();
    }
    return answer;
  }

  private HttpUriRequest request() {
    HttpRequestBase request = body.size() == 0 ? new HttpGet(place) : post();
    headers.forEach(request::setHeader);
    return request;
  }

  private HttpPost post() {
    HttpPost post = new HttpPost(place);
    post.setEntity(new ByteArrayEntity(body.toByteArray()));
    return post;
  }

  private void requireGitServer() throws IOException {
    boolean isAnnouncement = url.getPath().endsWith("/info/refs") && getResponseCode() == HTTP_OK;
    if (isAnnouncement && !String.valueOf(getContentType()).startsWith(ANNOUNCEMENT)) {
      answer.close();
      throw new ImportFailedException(
          url.getHost() + " does not speak git's protocol (smart HTTP) there. Is the URL right?");
    }
  }

  @Override
  public int getResponseCode() throws IOException {
    return answer().getStatusLine().getStatusCode();
  }

  @Override
  public URL getURL() {
    return url;
  }

  @Override
  public String getResponseMessage() throws IOException {
    return answer().getStatusLine().getReasonPhrase();
  }

  @Override
  public Map<String, List<String>> getHeaderFields() {
    return Arrays.stream(answer.getAllHeaders())
        .collect(
            Collectors.groupingBy(
                Header::getName,
                () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER),
                Collectors.mapping(Header::getValue, Collectors.toList())));
  }

  @Override
  public void setRequestProperty(String key, String value) {
    if (!OWN_HEADERS.contains(key)) {
      headers.put(key, value);
    }
  }

  @Override
  public void setRequestMethod(String method) {
    // A request with a body is a POST: there are no others.
  }

  @Override
  public void setUseCaches(boolean usecaches) {
    // There are none.
  }

  @Override
  public void setConnectTimeout(int timeout) {
    // The client has its own.
  }

  @Override
  public void setReadTimeout(int timeout) {
    // The client has its own.
  }

  @Override
  public String getContentType() {
    return getHeaderField(HttpHeaders.CONTENT_TYPE);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    CloseableHttpResponse got = answer();
    if (got.getEntity() == null) {
      return InputStream.nullInputStream();
    }
    return new Limited(
        got, body.size() == 0 ? Math.min(MOST_ANNOUNCED_BYTES, mostBytes) : mostBytes);
  }

  @Override
  public String getHeaderField(String name) {
    Header header = answer.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }

  @Override
  public List<String> getHeaderFields(String name) {
    return Arrays.stream(answer.getHeaders(name)).map(Header::getValue).toList();
  }

  @Override
  public int getContentLength() {
    return -1;
  }

  @Override
  public void setInstanceFollowRedirects(boolean followRedirects) {
    // JGit follows them itself, each with a connection of its own.
  }

  @Override
  public void setDoOutput(boolean dooutput) {
    // Said by the body.
  }

  @Override
  public void setFixedLengthStreamingMode(int contentLength) {
    // Said by the body.
  }

  @Override
  public OutputStream getOutputStream() {
    return body;
  }

  @Override
  public void setChunkedStreamingMode(int chunklen) {
    // Said by the body.
  }

  @Override
  public String getRequestMethod() {
    return body.size() > 0 ? "POST" : "GET";
  }

  @Override
  public boolean usingProxy() {
    return false;
  }

  @Override
  public void connect() throws IOException {
    answer();
  }

  @Override
  public void configure(KeyManager[] km, TrustManager[] tm, SecureRandom random) {
    throw new IllegalStateException("Certificates are always checked.");
  }

  @Override
  public void setHostnameVerifier(HostnameVerifier hostnameverifier) {
    throw new IllegalStateException("Certificates are always checked.");
  }

  /** Counts, and ends where it is too much. */
  private final class Limited extends FilterInputStream {
    private final CloseableHttpResponse answer;
    private final long most;
    private long bytes;

    Limited(CloseableHttpResponse answer, long most) throws IOException {
      super(answer.getEntity().getContent());
      this.answer = answer;
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      run.requireGoing();
      int read = in.read(buffer, offset, length);
      bytes += Math.max(0, read);
      if (bytes > most) {
        throw new ImportFailedException(
            "%s sends more than %,d bytes of the repository, which is the most. Keep large files elsewhere."
                .formatted(url.getHost(), most));
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      answer.close();
    }
  }
}
