package io.moraine.dataset.s3;

import io.moraine.dataset.content.Lane;
import io.moraine.dataset.file.UploadMemory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3ProxyHandler.RequestContext;
import org.jboss.logging.Logger;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Serves one request: proves it, opens its body, has the protocol answered, and says no. */
@ApplicationScoped
class ServeRequest {
  private static final Logger LOG = Logger.getLogger(ServeRequest.class);
  private static final int CLIENT_ERROR = 400;
  private static final int PRECONDITION_FAILED = 412;
  private static final Pattern OBJECT = Pattern.compile("/[^/]+/.+");

  private final SignatureCheck signatures;
  private final TeamStores stores;
  private final UploadMemory memory;
  private final GatewayMetrics metrics;
  private final S3Protocol protocol = new S3Protocol();

  ServeRequest(
      SignatureCheck signatures, TeamStores stores, UploadMemory memory, GatewayMetrics metrics) {
    this.signatures = signatures;
    this.stores = stores;
    this.memory = memory;
    this.metrics = metrics;
  }

  /** As a servlet container wants it. */
  HttpServlet servlet() {
    return new HttpServlet() {
      private static final long serialVersionUID = 1L;

      @Override
      protected void service(HttpServletRequest request, HttpServletResponse response)
          throws IOException {
        serve(request, response);
      }
    };
  }

  private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
    RequestContext context = new RequestContext();
    try {
      answer(request, response, context);
    } catch (SignatureCheck.MismatchException e) {
      protocol.refuse(
          request, response, 403, "SignatureDoesNotMatch", e.getMessage(), e.elements());
    } catch (Exception e) {
      refuse(request, response, e);
    } finally {
      metrics.answered(context.getOperation(), response.getStatus());
    }
  }

  private void answer(
      HttpServletRequest request, HttpServletResponse response, RequestContext context)
      throws IOException {
    if (request.getMethod().equals("OPTIONS")) {
      throw Refusal.accessDenied("This gateway answers no requests of other sites' pages (CORS).");
    }
    if (request.getRequestURI().equals("/healthz")) { // the library's own, open to all
      throw Refusal.accessDenied("Ask the service itself, at /q/health.");
    }
    SentRequest sent = new SentRequest(request);
    Proof proof = signatures.check(sent);
    ProvedBody body = ProvedBody.of(sent, proof, new LateStream(request));
    OpenedRequest opened = new OpenedRequest(sent, body.length());
    TeamBlobStore store = stores.of(proof, opened);
    if (!request.getMethod().equals("POST")) {
      requireLength(sent);
      protocol.answer(opened, response, body.bytes(), store, context);
      return;
    }
    requireDocument(opened);
    long length = opened.getContentLengthLong();
    try (UploadMemory.Share share = memory.take(proof.team(), Lane.MANAGED, length)) {
      share.atLeast((int) length);
      protocol.answer(opened, response, body.bytes(), store, context);
    }
  }

  /** What a put brings is as long as it says, or it is not taken: so S3 has it. */
  private static void requireLength(SentRequest request) {
    if (request.getMethod().equals("PUT")
        && request.getContentLengthLong() < 0
        && !request.has(ProvedBody.DECODED_LENGTH)
        && !request.has("x-amz-copy-source")
        && OBJECT.matcher(request.getRequestURI()).matches()) {
      throw Refusal.of(411, "MissingContentLength", "A PUT needs the header Content-Length.");
    }
  }

  /** Documents are read into memory. */
  private static void requireDocument(OpenedRequest request) {
    long length = request.getContentLengthLong();
    if (length < 0) {
      throw Refusal.of(411, "MissingContentLength", "A POST needs the header Content-Length.");
    }
    if (length > S3Protocol.LARGEST_DOCUMENT) {
      throw Refusal.of(
          400,
          "MaxMessageLengthExceeded",
          "A document may have %d bytes at most.".formatted(S3Protocol.LARGEST_DOCUMENT));
    }
    boolean ofAnObject =
        request.getParameter("uploads") != null || request.getParameter("uploadId") != null;
    if (ofAnObject && !OBJECT.matcher(request.getRequestURI()).matches()) {
      throw Refusal.of(405, "MethodNotAllowed", "An upload is of a key, and none is named.");
    }
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, Exception e)
      throws IOException {
    if (response.isCommitted()) { // too late to say anything but that it broke
      LOG.warnf("An answer broke off: %s", e.getMessage());
      throw e instanceof IOException broken ? broken : new IOException(e);
    }
    Optional<AwsServiceException> refusal = Refusal.in(e);
    if (refusal.isPresent()) {
      refuse(request, response, refusal.get());
    } else if (Refusal.isUnavailable(e)) {
      LOG.warnf("Refused a request: %s", e.getMessage());
      protocol.refuse(
          request,
          response,
          503,
          "ServiceUnavailable",
          "Something this gateway needs does not answer. Try again in a moment.",
          Map.of());
    } else if (e instanceof IllegalArgumentException) { // the library's way to refuse a number
      refuse(request, response, Refusal.invalidArgument("The request says what it cannot say."));
    } else if (e instanceof UnsupportedOperationException) {
      refuse(request, response, Refusal.notImplemented("This gateway does not do that."));
    } else if (e instanceof IOException) {
      refuse(request, response, Refusal.of((IOException) e));
    } else {
      String id = UUID.randomUUID().toString();
      LOG.errorf(e, "Fault %s", id);
      protocol.refuse(
          request,
          response,
          500,
          "InternalError",
          "Something went wrong inside; the log has it under " + id + ".",
          Map.of());
    }
  }

  private void refuse(
      HttpServletRequest request, HttpServletResponse response, AwsServiceException refusal)
      throws IOException {
    AwsErrorDetails details = refusal.awsErrorDetails();
    Optional.ofNullable(details)
        .map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(answer -> answer.firstMatchingHeader("ETag"))
        .ifPresent(etag -> response.setHeader("ETag", etag));
    if (details == null || details.errorCode() == null) {
      if (refusal.statusCode() < CLIENT_ERROR) {
        response.setStatus(refusal.statusCode());
        return;
      }
      protocol.refuse(
          request, response, refusal.statusCode(), "InvalidRequest", "Bad request.", Map.of());
      return;
    }
    String message = details.errorMessage() == null ? "" : details.errorMessage();
    protocol.refuse(
        request,
        response,
        refusal.statusCode(),
        details.errorCode(),
        message,
        refusal.statusCode() == PRECONDITION_FAILED ? condition(request) : Map.of());
  }

  /** Which condition failed: s3fs, for one, knows by it that a file is there already. */
  private static Map<String, String> condition(HttpServletRequest request) {
    return Stream.of("If-Match", "If-Unmodified-Since", "If-None-Match")
        .filter(name -> request.getHeader(name) != null)
        .findFirst()
        .map(name -> Map.of("Condition", name))
        .orElse(Map.of());
  }
}
