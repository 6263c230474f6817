package io.moraine.volume.run;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.moraine.events.UnreadableEventException;
import io.moraine.events.run.RunEvent;
import io.moraine.kit.auth.Introspection;
import io.moraine.kit.consume.EventConsumer;
import io.moraine.kit.consume.ReceivedEvent;
import io.moraine.vocabulary.Sha256;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.rest.client.inject.RestClient;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/**
 * Believes a run event for the token it carries (design section 6, "Trust"): signed by
 * dataset-service for {@code moraine.runs}, for the event's team, for this run or any, valid at the
 * time when the broker took the event, and from a key that is not revoked. Anything else is never
 * believed; as long as dataset-service does not answer, the event waits. Thread-safe; never blocks.
 */
@ApplicationScoped
class RunTrust implements EventConsumer.Trust {
  private static final String ISSUER = "moraine";
  private static final String AUDIENCE = "moraine.runs";
  private static final Duration LONGEST_LIFE = Duration.ofHours(24);

  /** How far the clocks of dataset-service and the broker may be apart. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  /** A revocation takes this long. */
  private static final Duration REMEMBERED = Duration.ofSeconds(60);

  private static final int MOST_REMEMBERED = 10_000;

  /** Ours have about 400 characters. */
  private static final int LONGEST_TOKEN = 4096;

  private final PublishedKeys keys;
  private final TokenClient tokens;
  private final AsyncCache<Sha256, Boolean> active =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST_REMEMBERED).buildAsync();

  RunTrust(PublishedKeys keys, @RestClient TokenClient tokens) {
    this.keys = keys;
    this.tokens = tokens;
  }

  @Override
  public Uni<Void> check(ReceivedEvent received) {
    Optional<String> token = received.headers().token();
    if (token.isEmpty()) {
      return refuse("it carries no ce_token; ask dataset-service for one by POST /tokens");
    }
    if (token.get().length() > LONGEST_TOKEN) {
      return refuse("its ce_token is longer than " + LONGEST_TOKEN + " characters");
    }
    Optional<String> keyId = keyId(token.get());
    if (keyId.isEmpty()) {
      return refuse("its ce_token is no signed JWT that names its key");
    }
    return keys.find(keyId.get())
        .chain(
            key ->
                key.isEmpty()
                    ? refuse("its ce_token is signed by an unknown key")
                    : verify(token.get(), key.get(), received))
        .chain(() -> isActive(token.get()))
        .chain(
            good ->
                good
                    ? Uni.createFrom().voidItem()
                    : refuse("the key that its ce_token was given to is revoked"));
  }

  private static Optional<String> keyId(String token) {
    try {
      JsonWebSignature signature = new JsonWebSignature();
      signature.setCompactSerialization(token);
      return Optional.ofNullable(signature.getKeyIdHeaderValue());
    } catch (JoseException e) {
      return Optional.empty();
    }
  }

  private static Uni<Void> verify(String token, Key key, ReceivedEvent received) {
    try {
      JwtClaims claims =
          new JwtConsumerBuilder()
              .setVerificationKey(key)
              .setJwsAlgorithmConstraints(
                  AlgorithmConstraints.ConstraintType.PERMIT,
                  AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256)
              .setExpectedIssuer(ISSUER)
              .setExpectedAudience(AUDIENCE)
              .setRequireExpirationTime()
              .setRequireIssuedAt()
              .setEvaluationTime(NumericDate.fromMilliseconds(received.brokerTime().toEpochMilli()))
              .setAllowedClockSkewInSeconds((int) SKEW.toSeconds())
              .setIssuedAtRestrictions(
                  (int) SKEW.toSeconds(), (int) LONGEST_LIFE.plus(SKEW).toSeconds())
              .build()
              .processToClaims(token);
      return compare(claims, (RunEvent) received.event());
    } catch (InvalidJwtException e) {
      return refuse("its ce_token is not valid: " + said(e));
    } catch (MalformedClaimException e) {
      return refuse("its ce_token holds a claim of another type than it has: " + e.getMessage());
    }
  }

  private static Uni<Void> compare(JwtClaims claims, RunEvent event)
      throws MalformedClaimException {
    if (claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue()
        > LONGEST_LIFE.toSeconds()) {
      return refuse("its ce_token is valid for more than 24 h");
    }
    if (!event.team().text().equals(claims.getStringClaimValue("team"))) {
      return refuse("its ce_token is for another team");
    }
    String run = claims.getStringClaimValue("run");
    return run == null || run.equals(event.run().text())
        ? Uni.createFrom().voidItem()
        : refuse("its ce_token is for the run " + run + " alone");
  }

  private Uni<Boolean> isActive(String token) {
    Sha256 hash = Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    return Uni.createFrom()
        .completionStage(
            () ->
                active.get(
                    hash,
                    (h, executor) ->
                        tokens
                            .introspect(token)
                            .map(Introspection::active)
                            .subscribeAsCompletionStage()));
  }

  private static String said(InvalidJwtException e) {
    return e.getErrorDetails().stream()
        .findFirst()
        .map(error -> error.getErrorMessage())
        .orElse(e.getMessage());
  }

  private static <T> Uni<T> refuse(String why) {
    return Uni.createFrom()
        .failure(new UnreadableEventException("the event is not trusted: " + why));
  }
}
