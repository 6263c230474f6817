package io.moraine.dataset.s3;

import io.moraine.dataset.key.Keys;
import io.moraine.dataset.key.S3Secrets;
import io.moraine.kit.auth.KeyInfo;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.gaul.s3proxy.auth.AwsSignature;
import org.gaul.s3proxy.auth.AwsSignature.SignatureDetail;
import org.gaul.s3proxy.auth.S3AuthorizationHeader;

/**
 * Proves requests by their signatures: SigV4 with SHA-256, in the header or in the query. The
 * library computes what the signature has to be; here is decided what has to be signed at all, when
 * and for what. A request is refused whose time is more than 15 minutes away, or whose life, as a
 * pre-signed URL, is over or longer than a week; whose scope is another service or another day than
 * its time; of which the host or any {@code x-amz-} header is not signed; that comes with two
 * signatures; or whose key is unknown, revoked, or belongs to no team.
 *
 * <p>Nothing of the body is read. One round trip to the database. Blocking, thread-safe.
 */
@ApplicationScoped
class SignatureCheck {
  private static final Duration MOST_SKEW = Duration.ofMinutes(15);
  private static final long LONGEST_LIFE_SECONDS = Duration.ofDays(7).toSeconds();
  private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String AUTHORIZATION = "Authorization";
  private static final String DATE = "x-amz-date";
  private static final String CONTENT_SHA256 = "x-amz-content-sha256";
  private static final String HOST = "host";
  private static final String AMZ = "x-amz-";

  private static final Pattern HEADER =
      Pattern.compile(
          ALGORITHM
              + " +Credential=([^,\\s]+), *SignedHeaders=([^,\\s]+), *Signature=([0-9a-f]{64})");

  /** Any region will do. */
  private static final Pattern CREDENTIAL =
      Pattern.compile("([^/]+)/(([0-9]{8})/[^/]+/s3/aws4_request)");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");

  /** What a request claims. */
  private record Claim(
      boolean presigned,
      String accessKey,
      String scope,
      String day,
      List<String> signedHeaders,
      String signature,
      String timestamp,
      S3AuthorizationHeader header) {}

  private final Keys keys;
  private final S3Secrets secrets;
  private final Clock clock;

  @Inject
  SignatureCheck(Keys keys, S3Secrets secrets) {
    this(keys, secrets, Clock.systemUTC());
  }

  SignatureCheck(Keys keys, S3Secrets secrets, Clock clock) {
    this.keys = keys;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Fails with the refusal that an S3 client understands. */
  Proof check(SentRequest request) throws IOException {
    Claim claim = claim(request);
    requireTime(request, claim);
    requireSigned(request, claim);
    KeyInfo key =
        keys.find(claim.accessKey())
            .await()
            .atMost(DATABASE_PATIENCE)
            .orElseThrow(SignatureCheck::unknownKey);
    TeamId team = key.team().orElseThrow(SignatureCheck::noTeam);
    try {
      String secret = secrets.of(claim.accessKey());
      String bodyHash = requireSignature(request, claim, secret);
      return new Proof(
          team,
          key.role(),
          claim.signature(),
          AwsSignature.deriveSigningKeyV4(claim.header(), secret),
          claim.timestamp(),
          claim.scope(),
          bodyHash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no HMAC with SHA-256.", e);
    }
  }

  private static RuntimeException unknownKey() {
    return Refusal.of(
        403,
        "InvalidAccessKeyId",
        "There is no such access key, or it was revoked. GET /s3/credentials says what yours is.");
  }

  private static RuntimeException noTeam() {
    return Refusal.accessDenied(
        "A service key belongs to no team, and S3 has no way to name one. Use a key of the team.");
  }

  private static Claim claim(SentRequest request) {
    String header = request.getHeader(AUTHORIZATION);
    boolean inHeader = header != null && header.startsWith("AWS");
    boolean inQuery = request.getParameter("X-Amz-Algorithm") != null;
    if (inHeader && inQuery) {
      throw Refusal.invalidArgument(
          "The request is signed in its header and in its query. Sign it once.");
    }
    if (inHeader) {
      return headerClaim(request, header);
    }
    if (inQuery) {
      return queryClaim(request);
    }
    if (request.getParameter("AWSAccessKeyId") != null) {
      throw oldSignature();
    }
    throw Refusal.accessDenied(
        "The request is not signed. GET /s3/credentials says with what S3 clients sign.");
  }

  private static RuntimeException oldSignature() {
    return Refusal.of(
        400,
        "InvalidRequest",
        "This authorization mechanism is not supported. Please use AWS4-HMAC-SHA256.");
  }

  private static Claim headerClaim(SentRequest request, String header) {
    if (!header.startsWith(ALGORITHM + " ")) {
      throw oldSignature();
    }
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      throw malformed("It is not Credential, SignedHeaders and Signature.");
    }
    String timestamp = request.getHeader(DATE);
    if (timestamp == null) {
      throw Refusal.accessDenied("A signed request needs the header x-amz-date.");
    }
    return claim(false, matcher.group(1), matcher.group(2), matcher.group(3), timestamp, header);
  }

  private static Claim queryClaim(SentRequest request) {
    if (!ALGORITHM.equals(request.getParameter("X-Amz-Algorithm"))) {
      throw oldSignature();
    }
    String credential = parameter(request, "X-Amz-Credential");
    String signed = parameter(request, "X-Amz-SignedHeaders");
    String signature = parameter(request, "X-Amz-Signature");
    String timestamp = parameter(request, "X-Amz-Date");
    String header =
        "%s Credential=%s, SignedHeaders=%s, Signature=%s"
            .formatted(ALGORITHM, credential, signed, signature);
    if (!HEADER.matcher(header).matches()) {
      throw malformed("X-Amz-Credential, X-Amz-SignedHeaders or X-Amz-Signature is none.");
    }
    // The library takes a header before the query: the two must say the same.
    String date = request.getHeader(DATE);
    if (date != null && !date.equals(timestamp)) {
      throw Refusal.accessDenied("The header x-amz-date is not what X-Amz-Date says.");
    }
    return claim(true, credential, signed, signature, timestamp, header);
  }

  private static String parameter(SentRequest request, String name) {
    String value = request.getParameter(name);
    if (value == null) {
      throw Refusal.of(
          400, "AuthorizationQueryParametersError", "The pre-signed URL has no " + name + ".");
    }
    return value;
  }

  private static Claim claim(
      boolean presigned,
      String credential,
      String signedHeaders,
      String signature,
      String timestamp,
      String header) {
    Matcher matcher = CREDENTIAL.matcher(credential);
    if (!matcher.matches()) {
      throw malformed("The credential is {key}/{day}/{region}/s3/aws4_request.");
    }
    return new Claim(
        presigned,
        matcher.group(1),
        matcher.group(2),
        matcher.group(3),
        Arrays.asList(signedHeaders.split(";")),
        signature,
        timestamp,
        new S3AuthorizationHeader(header));
  }

  private static RuntimeException malformed(String why) {
    return Refusal.of(
        400, "AuthorizationHeaderMalformed", "The authorization is malformed. " + why);
  }

  private void requireTime(SentRequest request, Claim claim) {
    Instant signed = time(claim);
    if (!claim.timestamp().startsWith(claim.day())) {
      throw malformed("The credential is of another day than the request.");
    }
    Instant now = clock.instant();
    boolean fromTheFuture = signed.isAfter(now.plus(MOST_SKEW));
    if (claim.presigned()) {
      Instant end = signed.plusSeconds(lifeSeconds(request));
      if (fromTheFuture || !now.isBefore(end)) {
        throw Refusal.accessDenied(
            fromTheFuture ? "The request is not valid yet." : "Request has expired.");
      }
    } else if (fromTheFuture || signed.isBefore(now.minus(MOST_SKEW))) {
      throw Refusal.of(
          403,
          "RequestTimeTooSkewed",
          "The difference between the request time and the current time is too large. Set the clock.");
    }
  }

  private static Instant time(Claim claim) {
    try {
      return LocalDateTime.parse(claim.timestamp(), TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw Refusal.accessDenied("The request's date is none: it looks like 20260131T235959Z.");
    }
  }

  private static long lifeSeconds(SentRequest request) {
    String text = parameter(request, "X-Amz-Expires");
    long seconds = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
    if (seconds < 1 || seconds > LONGEST_LIFE_SECONDS) {
      throw Refusal.of(
          400,
          "AuthorizationQueryParametersError",
          "X-Amz-Expires is a number of seconds from 1 to " + LONGEST_LIFE_SECONDS + ".");
    }
    return seconds;
  }

  /** Whoever comes by a signed request must not be able to add to what it means. */
  private static void requireSigned(SentRequest request, Claim claim) {
    if (!claim.signedHeaders().contains(HOST)) {
      throw malformed("The host is not among the signed headers.");
    }
    for (String name : request.headerNames()) {
      if (name.startsWith(AMZ) && !claim.signedHeaders().contains(name)) {
        throw Refusal.accessDenied(
            "There were headers present in the request which were not signed: " + name + ".");
      }
    }
  }

  /** What the signature says of the body, when it is right. */
  private static String requireSignature(SentRequest request, Claim claim, String secret)
      throws IOException, GeneralSecurityException {
    if (!claim.presigned()) {
      String hash = request.getHeader(CONTENT_SHA256);
      if (hash == null) {
        throw Refusal.of(
            400, "InvalidRequest", "Missing required header for this request: " + CONTENT_SHA256);
      }
      SignatureDetail right = signature(request, claim, secret, null, hash);
      if (!isRight(claim, right)) {
        throw mismatch(claim, right);
      }
      return hash;
    }
    // A URL that pins the body may have its hash signed in either of two places.
    String pinned = AwsSignature.pinnedPayloadHash(request);
    SignatureDetail right = signature(request, claim, secret, pinned, null);
    if (!isRight(claim, right)
        && (pinned == null || !isRight(claim, signature(request, claim, secret, null, null)))) {
      throw mismatch(claim, right);
    }
    return pinned == null ? ProvedBody.UNSIGNED : pinned;
  }

  private static SignatureDetail signature(
      SentRequest request, Claim claim, String secret, String pinned, String hash)
      throws IOException, GeneralSecurityException {
    return AwsSignature.createAuthorizationSignatureV4(
        request,
        claim.header(),
        new byte[0],
        request.getRequestURI(),
        secret,
        claim.presigned(),
        pinned,
        hash);
  }

  /** Compares in constant time. */
  private static boolean isRight(Claim claim, SignatureDetail right) {
    return MessageDigest.isEqual(
        right.signature().getBytes(StandardCharsets.US_ASCII),
        claim.signature().getBytes(StandardCharsets.US_ASCII));
  }

  /** With what was signed here: it is the sender's own request, and says where the two differ. */
  private static RuntimeException mismatch(Claim claim, SignatureDetail right) {
    Map<String, String> elements = new LinkedHashMap<>();
    elements.put("AWSAccessKeyId", claim.accessKey());
    elements.put("SignatureProvided", claim.signature());
    elements.put("StringToSign", printable(right.stringToSign()));
    elements.put("CanonicalRequest", printable(right.canonicalRequest()));
    return new MismatchException(elements);
  }

  private static String printable(String text) {
    return text == null ? "" : text.replaceAll("[^\\x20-\\x7e\\n]", "?");
  }

  /** A signature that is not the request's. */
  static final class MismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> elements;

    private MismatchException(Map<String, String> elements) {
      super(
          "The request signature we calculated does not match the signature you provided. Check"
              + " your key and signing method.",
          null,
          false,
          false);
      this.elements = elements;
    }

    /** What an S3 error document says besides code and message. */
    Map<String, String> elements() {
      return elements;
    }
  }
}
