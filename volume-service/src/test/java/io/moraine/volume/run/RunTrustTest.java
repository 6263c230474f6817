package io.moraine.volume.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moraine.events.EventHeaders;
import io.moraine.events.UnreadableEventException;
import io.moraine.events.run.Outcome;
import io.moraine.events.run.RunFinished;
import io.moraine.kit.auth.Introspection;
import io.moraine.kit.auth.KeyInfo;
import io.moraine.kit.auth.Role;
import io.moraine.kit.consume.ReceivedEvent;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TeamId;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

/**
 * Tokens that the real dataset-service never issues, and answers that it never gives: so its side
 * is played here. {@code VolumeServiceTest} trusts what the real one issues.
 */
class RunTrustTest {
  private static final TeamId TEAM = TeamId.random();
  private static final RunName RUN = new RunName("r-17");
  private static final Instant TAKEN = Instant.parse("2026-03-01T12:00:00Z");

  private final Issuer issuer = new Issuer();
  private final RunTrust trust = new RunTrust(new PublishedKeys(issuer), issuer);

  /** What dataset-service publishes and says. */
  private static final class Issuer implements TokenClient {
    private final List<JsonWebKey> published = new ArrayList<>();
    private final PublicJsonWebKey key = newKey("key-1");
    private boolean revoked;
    private boolean away;
    private int asked;

    private Issuer() {
      published.add(key);
    }

    @Override
    public Uni<String> keys() {
      return away
          ? Uni.createFrom().failure(new IOException("connection refused"))
          : Uni.createFrom().item(new JsonWebKeySet(published).toJson());
    }

    @Override
    public Uni<Introspection> introspect(String token) {
      asked++;
      return away
          ? Uni.createFrom().failure(new IOException("connection refused"))
          : Uni.createFrom()
              .item(
                  revoked
                      ? Introspection.INACTIVE
                      : Introspection.of(new KeyInfo("id", Role.WRITER, Optional.of(TEAM))));
    }
  }

  private static PublicJsonWebKey newKey(String id) {
    try {
      PublicJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
      key.setKeyId(id);
      return key;
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  private static JwtClaims claims() {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer("moraine");
    claims.setAudience("moraine.runs");
    claims.setStringClaim("team", TEAM.text());
    claims.setSubject("key-id");
    claims.setIssuedAt(at(TAKEN.minus(Duration.ofHours(1))));
    claims.setExpirationTime(at(TAKEN.plus(Duration.ofHours(1))));
    return claims;
  }

  private static NumericDate at(Instant time) {
    return NumericDate.fromSeconds(time.getEpochSecond());
  }

  private String token(Consumer<JwtClaims> change) {
    JwtClaims claims = claims();
    change.accept(claims);
    return sign(claims, issuer.key);
  }

  private static String sign(JwtClaims claims, PublicJsonWebKey key) {
    JsonWebSignature signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    signature.setKeyIdHeaderValue(key.getKeyId());
    signature.setKey(key.getPrivateKey());
    return serialize(signature);
  }

  private static String serialize(JsonWebSignature signature) {
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new AssertionError(e);
    }
  }

  private void check(Optional<String> token) throws Throwable {
    EventHeaders headers =
        new EventHeaders(
            "id",
            "/engine",
            "type",
            TAKEN,
            RUN.text(),
            OptionalLong.empty(),
            Optional.empty(),
            token);
    ReceivedEvent event =
        new ReceivedEvent(new RunFinished(TEAM, RUN, Outcome.SUCCEEDED), headers, TAKEN);
    try {
      trust.check(event).await().atMost(Duration.ofSeconds(10));
    } catch (RuntimeException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private void assertBelieved(String token) {
    assertThatCode(() -> check(Optional.of(token))).doesNotThrowAnyException();
  }

  private void assertRefused(String token, String why) {
    assertThatThrownBy(() -> check(Optional.of(token)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("not trusted")
        .hasMessageContaining(why);
  }

  @Test
  void aTokenOfTheTeamIsBelieved() {
    assertBelieved(token(claims -> {}));
    assertBelieved(token(claims -> claims.setStringClaim("run", RUN.text())));
  }

  @Test
  void noTokenIsNotBelieved() {
    assertThatThrownBy(() -> check(Optional.empty()))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("POST /tokens");
  }

  @Test
  void whatIsNoTokenIsNotBelieved() {
    assertRefused("nonsense", "no signed JWT");
    assertRefused("a.b.c", "no signed JWT");
    assertRefused("x".repeat(5000), "longer than");
  }

  @Test
  void anotherTeamsTokenIsNotBelieved() {
    assertRefused(
        token(claims -> claims.setStringClaim("team", TeamId.random().text())), "another team");
    assertRefused(token(claims -> claims.unsetClaim("team")), "another team");
    assertRefused(token(claims -> claims.setClaim("team", List.of(TEAM.text()))), "team");
  }

  @Test
  void aTokenOfAnotherRunIsNotBelieved() {
    assertRefused(token(claims -> claims.setStringClaim("run", "r-18")), "r-18 alone");
  }

  @Test
  void aTokenForSomethingElseIsNotBelieved() {
    assertRefused(token(claims -> claims.setAudience("moraine.rest")), "not valid");
    assertRefused(token(claims -> claims.setIssuer("somebody")), "not valid");
  }

  @Test
  void timesAreComparedWithTheBrokers() {
    Instant before = TAKEN.minus(Duration.ofHours(2));
    Instant after = TAKEN.plus(Duration.ofMinutes(5));
    assertRefused(
        token(claims -> claims.setExpirationTime(at(TAKEN.minusSeconds(60)))), "not valid");
    assertRefused(token(claims -> claims.setNotBefore(at(after))), "not valid");
    assertRefused(token(claims -> claims.setIssuedAt(at(after))), "not valid");
    assertRefused(token(claims -> claims.unsetClaim("exp")), "not valid");
    assertRefused(token(claims -> claims.unsetClaim("iat")), "not valid");
    assertRefused(
        token(
            claims -> {
              claims.setIssuedAt(at(before));
              claims.setExpirationTime(at(before.plus(Duration.ofHours(25))));
            }),
        "more than 24 h");
  }

  @Test
  void aSignatureOfAnotherKeyIsNotBelieved() {
    PublicJsonWebKey forged = newKey("key-1");
    assertRefused(sign(claims(), forged), "not valid");
    assertRefused(sign(claims(), newKey("key-2")), "unknown key");
  }

  @Test
  void theAlgorithmIsOurs() {
    JsonWebSignature none = new JsonWebSignature();
    none.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
    none.setPayload(claims().toJson());
    none.setAlgorithmHeaderValue("none");
    none.setKeyIdHeaderValue("key-1");
    assertRefused(serialize(none), "not valid");

    JsonWebSignature symmetric = new JsonWebSignature();
    symmetric.setPayload(claims().toJson());
    symmetric.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    symmetric.setKeyIdHeaderValue("key-1");
    symmetric.setKey(new HmacKey(issuer.key.getPublicKey().getEncoded()));
    assertRefused(serialize(symmetric), "not valid");
  }

  @Test
  void aRevokedKeysTokenIsNotBelieved() {
    issuer.revoked = true;

    assertRefused(token(claims -> {}), "revoked");
  }

  @Test
  void oneAnswerAboutATokenServesManyEvents() {
    String token = token(claims -> {});

    assertBelieved(token);
    assertBelieved(token);

    assertThat(issuer.asked).isEqualTo(1);
  }

  @Test
  void whileDatasetServiceIsAwayNothingIsDecided() {
    issuer.away = true;
    String token = token(claims -> {});
    assertThatThrownBy(() -> check(Optional.of(token)))
        .isNotInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("connection refused");

    issuer.away = false;
    assertBelieved(token);

    issuer.away = true;
    String another = token(claims -> claims.setStringClaim("run", RUN.text()));
    assertThatThrownBy(() -> check(Optional.of(another)))
        .isNotInstanceOf(UnreadableEventException.class);
    issuer.away = false;
    assertBelieved(another);
  }

  @Test
  void aKeyThatWasPublishedSinceIsFound() {
    PublicJsonWebKey second = newKey("key-2");
    assertBelieved(token(claims -> {}));
    issuer.published.add(second);

    // Published keys are not looked at again at once: made-up key ids would cost a call each.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertBelieved(sign(claims(), second)));
  }
}
