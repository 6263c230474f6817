package io.moraine.kit.openapi;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.moraine.events.AsyncApi;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class DocumentsTest {
  private static final String GET = "paths.'/refusing/problem'.get.";
  private static final String POST = "paths.'/refusing/body'.post.";

  @Test
  void everyOperationDeclaresHowItRefuses() {
    document()
        .body(GET + "responses", hasKey("401"), GET + "responses", not(hasKey("415")))
        .body(
            GET + "responses.'503'.content.'application/problem+json'.schema.$ref",
            equalTo("#/components/schemas/Problem"))
        .body(POST + "responses", hasKey("409"), POST + "responses", hasKey("415"))
        .body(
            "components.schemas.Problem.required",
            equalTo(List.of("type", "status", "detail", "error")));
  }

  @Test
  void everyPostTakesAnIdempotencyKeyAndEveryCallAnApiKey() {
    document()
        .body(POST + "parameters.name", equalTo(List.of("Idempotency-Key")))
        .body("components.securitySchemes.key.name", equalTo("X-API-Key"))
        .body("security[0]", hasKey("key"), "security[1]", hasKey("bearer"));
  }

  @Test
  void aWordIsTheStringThatItIs() {
    document()
        .body("components.schemas.DatasetName.type", equalTo("string"))
        .body("components.schemas.DatasetName.pattern", containsString("a-z0-9"));
  }

  @Test
  void theEventsAreDescribedBesideIt() {
    byte[] served =
        given()
            .get("/q/asyncapi")
            .then()
            .statusCode(200)
            .contentType(containsString("asyncapi+json"))
            .extract()
            .asByteArray();

    assertThat(served).isEqualTo(AsyncApi.document());
  }

  private static ValidatableResponse document() {
    return given().get("/q/openapi?format=json").then().statusCode(200);
  }
}
