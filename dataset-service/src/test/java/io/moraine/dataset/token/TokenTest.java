package io.moraine.dataset.token;

import static io.moraine.dataset.TestTeam.as;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.moraine.dataset.TestTeam;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class TokenTest {
  @Test
  void aTokenIsProvedByThePublishedKey() throws Exception {
    TestTeam team = TestTeam.create();
    String token = token(team.key(), Map.of("run", "r-17", "expiresInSeconds", 600));
    JsonWebKey key = publishedKey();

    JwtClaims claims =
        new JwtConsumerBuilder()
            .setVerificationKey(key.getKey())
            .setExpectedIssuer("moraine")
            .setExpectedAudience("moraine.runs")
            .setRequireExpirationTime()
            .setRequireIssuedAt()
            .setRequireJwtId()
            .build()
            .processToClaims(token);

    assertThat(claims.getStringClaimValue("team")).isEqualTo(team.id());
    assertThat(claims.getStringClaimValue("run")).isEqualTo("r-17");
    assertThat(claims.getSubject()).isEqualTo(team.key().split("_")[1]);
    assertThat(claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue())
        .isEqualTo(600);
    assertThat(header(token)).contains("\"alg\":\"ES256\"").contains(key.getKeyId());
    assertThat(key.getKeyId()).isEqualTo(key.calculateBase64urlEncodedThumbprint("SHA-256"));
  }

  @Test
  void thePublishedKeyIsThePublicPartOnly() {
    given()
        .get("/tokens/keys")
        .then()
        .statusCode(200)
        .body("keys[0].kty", equalTo("EC"), "keys[0].crv", equalTo("P-256"))
        .body("keys[0].use", equalTo("sig"), "keys[0].alg", equalTo("ES256"))
        .body("keys[0].d", nullValue());
  }

  @Test
  void withoutAWishATokenLivesADayForAnyRun() throws Exception {
    String token = token(TestTeam.create().key(), null);

    JwtClaims claims = JwtClaims.parse(payload(token));
    assertThat(claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue())
        .isEqualTo(24 * 60 * 60);
    assertThat(claims.hasClaim("run")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"expiresInSeconds\": 0}",
        "{\"expiresInSeconds\": 86401}",
        "{\"run\": \"../up\"}"
      })
  void anUnusableWishIsRefused(String body) {
    TestTeam.create().request().body(body).post("/tokens").then().statusCode(400);
  }

  @Test
  void aReaderGetsNoTokenAndATokenIsWorthNothingToRest() {
    TestTeam team = TestTeam.create();

    as(team.newKey("reader")).post("/tokens").then().statusCode(403);
    as(token(team.key(), null)).get("/teams/current").then().statusCode(401);
  }

  @Test
  void introspectionSaysWhatAKeyOrTokenIsUntilTheKeyIsRevoked() {
    TestTeam team = TestTeam.create();
    String key = team.newKey("writer");
    String id = key.split("_")[1];
    String token = token(key, null);
    for (String known : new String[] {key, token}) {
      introspect(known)
          .statusCode(200)
          .body("active", equalTo(true), "sub", equalTo(id))
          .body("role", equalTo("writer"), "team", equalTo(team.id()));
    }

    team.request().delete("/teams/" + team.id() + "/keys/" + id).then().statusCode(204);

    for (String revoked : new String[] {key, token}) {
      introspect(revoked).body("active", equalTo(false), "sub", nullValue(), "team", nullValue());
    }
  }

  @Test
  void whatWeDidNotSignIsInactive() throws Exception {
    TestTeam team = TestTeam.create();
    String token = token(team.key(), null);
    String[] parts = token.split("\\.");
    String none =
        Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes())
            + "."
            + parts[1]
            + ".";

    for (String forged :
        new String[] {
          signedByAnother(token),
          none,
          parts[0] + "." + parts[1] + ".",
          parts[0] + "." + parts[1] + "x." + parts[2],
          "",
          "nonsense"
        }) {
      introspect(forged).statusCode(200).body("active", equalTo(false));
    }
  }

  @Test
  void onlyServicesIntrospect() {
    TestTeam team = TestTeam.create();

    given()
        .header("X-API-Key", team.key())
        .formParam("token", team.key())
        .post("/introspect")
        .then()
        .statusCode(403);
    given()
        .header("X-API-Key", TestTeam.serviceKey())
        .formParam("x", "y")
        .post("/introspect")
        .then()
        .statusCode(400);
  }

  private static String token(String key, Map<String, ?> wish) {
    var request = as(key);
    if (wish != null) {
      request = request.body(wish);
    }
    return request.post("/tokens").then().statusCode(201).extract().path("token");
  }

  private static ValidatableResponse introspect(String token) {
    return given()
        .header("X-API-Key", TestTeam.serviceKey())
        .formParam("token", token)
        .post("/introspect")
        .then();
  }

  private static JsonWebKey publishedKey() throws Exception {
    return new JsonWebKeySet(given().get("/tokens/keys").asString()).getJsonWebKeys().get(0);
  }

  private static String signedByAnother(String token) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    JsonWebSignature jws = new JsonWebSignature();
    jws.setAlgorithmHeaderValue("ES256");
    jws.setPayload(payload(token));
    jws.setKey(generator.generateKeyPair().getPrivate());
    return jws.getCompactSerialization();
  }

  private static String header(String token) {
    return new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]));
  }

  private static String payload(String token) {
    return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
  }
}
