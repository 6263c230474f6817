package io.moraine.dataset.token;

import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;

/** Makes and reads run tokens: JWTs signed with ES256. Thread-safe. */
@ApplicationScoped
public class RunTokens {
  static final String AUDIENCE = "moraine.runs";
  static final String ISSUER = "moraine";
  static final String TEAM = "team";
  static final String RUN = "run";

  /**
   * The longest life of a token: a run that lasts longer needs another one for its later events.
   */
  public static final Duration LONGEST = Duration.ofHours(24);

  private static final String TYPE = "JWT";

  /** A token as it is given out. */
  public record RunToken(String token, Instant expiresAt) {}

  /** What a token of ours says; neither its time nor its key is checked. */
  record Signed(String keyId, TeamId team) {}

  private final TokenKey key;

  RunTokens(TokenKey key) {
    this.key = key;
  }

  /** A token that is void with the key {@code keyId}; for {@code run} alone, or for any. */
  public RunToken issue(String keyId, TeamId team, Optional<RunName> run, Duration life) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant expires = now.plus(life);
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(ISSUER);
    claims.setAudience(AUDIENCE);
    claims.setSubject(keyId);
    claims.setStringClaim(TEAM, team.text());
    run.ifPresent(name -> claims.setStringClaim(RUN, name.text()));
    claims.setIssuedAt(NumericDate.fromSeconds(now.getEpochSecond()));
    claims.setExpirationTime(NumericDate.fromSeconds(expires.getEpochSecond()));
    claims.setGeneratedJwtId();
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims.toJson());
    jws.setHeader("typ", TYPE);
    jws.setKeyIdHeaderValue(key.publicKey().getKeyId());
    jws.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    jws.setKey(key.privateKey());
    try {
      return new RunToken(jws.getCompactSerialization(), expires);
    } catch (JoseException e) {
      throw new IllegalStateException("the token key cannot sign", e);
    }
  }

  /** Empty unless we signed it. */
  Optional<Signed> read(String token) {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setAlgorithmConstraints(
        new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256));
    jws.setKey(key.publicKey().getKey());
    try {
      jws.setCompactSerialization(token);
      return jws.verifySignature() ? said(JwtClaims.parse(jws.getPayload())) : Optional.empty();
    } catch (JoseException
        | InvalidJwtException
        | MalformedClaimException
        | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Signed> said(JwtClaims claims) throws MalformedClaimException {
    boolean ours =
        ISSUER.equals(claims.getIssuer()) && claims.getAudience().equals(List.of(AUDIENCE));
    return ours
        ? Optional.of(new Signed(claims.getSubject(), new TeamId(claims.getStringClaimValue(TEAM))))
        : Optional.empty();
  }
}
