package io.moraine.dataset.s3;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3ProxyHandler;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;

/**
 * The S3 protocol as S3Proxy speaks it, for requests that are proved already: paths, queries, XML,
 * headers, checksums of bodies. Thread-safe.
 */
final class S3Protocol extends S3ProxyHandler {
  /** The largest file that one put may bring, as with REST. */
  private static final long LARGEST_FILE = 5L << 40;

  /** Documents that are read whole: ten thousand parts with their checksums, a thousand names. */
  static final int LARGEST_DOCUMENT = 4 << 20;

  /** The library takes no chunks apart here. */
  private static final int NO_CHUNKS = 0;

  private static final boolean UNKNOWN_HEADERS_ARE_IGNORED = false;
  private static final int SKEW_SECONDS = 900;

  private static final ThreadLocal<BlobStore> STORE = new ThreadLocal<>();

  S3Protocol() {
    super(
        nobodys(),
        AuthenticationType.NONE,
        null,
        null,
        null,
        LARGEST_FILE,
        LARGEST_DOCUMENT,
        NO_CHUNKS,
        UNKNOWN_HEADERS_ARE_IGNORED,
        null,
        null,
        SKEW_SECONDS);
    setBlobStoreLocator((identity, bucket, key) -> AccessGrant.anonymous(STORE.get()));
  }

  /** What the constructor wants, and no request reaches: each brings the store of its team. */
  private static BlobStore nobodys() {
    return (BlobStore)
        Proxy.newProxyInstance(
            BlobStore.class.getClassLoader(),
            new Class<?>[] {BlobStore.class},
            (proxy, method, arguments) -> {
              throw Refusal.accessDenied("The request is nobody's.");
            });
  }

  /** Answers one request with what {@code store} has; its refusals come as exceptions. */
  void answer(
      OpenedRequest request,
      HttpServletResponse response,
      InputStream body,
      BlobStore store,
      RequestContext context)
      throws IOException {
    STORE.set(store);
    try {
      doHandle(request, request, response, body, context);
    } finally {
      STORE.remove();
    }
  }

  /** Answers with an S3 error document; with nothing when the answer has begun. */
  void refuse(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      String code,
      String message,
      Map<String, String> elements)
      throws IOException {
    sendSimpleErrorResponse(request, response, code, status, message, elements);
  }
}
