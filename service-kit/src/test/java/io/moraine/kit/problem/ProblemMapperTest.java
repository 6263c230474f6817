package io.moraine.kit.problem;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ProblemMapperTest {
  @Test
  void aProblemSaysItselfTwiceForTheStandardAndForTheGradientClient() {
    given()
        .get("/refusing/problem")
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("type", equalTo("urn:moraine:problem:dataset/not-found"))
        .body("status", equalTo(404))
        .body("detail", equalTo("There is no dataset faces in your team."))
        .body("title", nullValue()) // the client would print it as well
        .body("error.statusCode", equalTo(404))
        .body("error.name", equalTo("dataset/not-found"))
        .body("error.message", equalTo("There is no dataset faces in your team."));
  }

  @Test
  void aFaultTellsItsIdAndNothingElse() {
    String body =
        given()
            .get("/refusing/fault")
            .then()
            .statusCode(500)
            .contentType("application/problem+json")
            .body("instance", startsWith("urn:uuid:"))
            .extract()
            .asString();

    assertThat(body).doesNotContain("secret").doesNotContain("IllegalState");
  }

  @Test
  void aDatabaseThatIsAwayIsNoFaultOfOurs() {
    shaped(given().get("/refusing/unreachable").then(), 503)
        .body("detail", containsString("Nothing was changed"));
    for (int i = 0; i < 20; i++) { // each time another layer may be the first to notice
      shaped(given().get("/refusing/interrupted").then(), 503)
          .body("detail", containsString("may have been done or not"));
    }
  }

  @Test
  void aBrokenConnectionIsKnownHoweverItIsTold() {
    ProblemMapper mapper = new ProblemMapper();
    for (Throwable told :
        List.of(
            new NoStackTraceThrowable("Connection is not active now, current status: CLOSED"),
            new NoStackTraceThrowable(
                "Pending requests failed to be sent due to connection closed"),
            new IOException("Connection reset by peer"),
            new IOException("Broken pipe"))) {
      assertThat(mapper.maybeBroken(told).getStatus()).as(told.getMessage()).isEqualTo(503);
    }
    assertThat(mapper.maybeBroken(new IOException("No space left on device")).getStatus())
        .isEqualTo(500);
    assertThat(mapper.database(refusal("57P01")).getStatus()).isEqualTo(503);
    assertThat(mapper.database(refusal("08006")).getStatus()).isEqualTo(503);
    assertThat(mapper.database(refusal("53300")).getStatus()).isEqualTo(503);
    assertThat(mapper.database(refusal("23505")).getStatus()).isEqualTo(500);
  }

  private static PgException refusal(String state) {
    return new PgException("said", "ERROR", state, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                               | body",
        "[]                              | body",
        "''                              | no body",
        "{\"name\": \"Upper Case\"}      | dataset name",
        "{\"name\": {}}                  | body",
        "{\"name\": \"a\", \"count\": -1}| count must not be negative",
        "{\"name\": \"a\", \"count\": \"x\"}| body",
        "{\"name\": \"a\", \"words\": [null]}| words",
      })
  void aBodyThatDoesNotFitSaysWhy(String body, String why) {
    given()
        .contentType(ContentType.JSON)
        .body(body)
        .post("/refusing/body")
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("detail", containsString(why), "error.message", not(containsString("\n")));
  }

  @Test
  void aNulThatPostgresTakesForNoTextIsTheRequestsFault() {
    given().urlEncodingEnabled(false).get("/refusing/named/a%20b").then().statusCode(200);
    shaped(given().urlEncodingEnabled(false).get("/refusing/named/a%00b").then(), 400)
        .body("detail", containsString("NUL"));
    for (String tree : List.of("{\"a\": \"\\u0000\"}", "{\"\\u0000\": 1}")) {
      shaped(given().contentType(ContentType.JSON).body(tree).post("/refusing/tree").then(), 400)
          .body("detail", containsString("NUL"));
    }
  }

  @Test
  void whatTheHttpLayerRefusesHasTheSameShape() {
    shaped(given().urlEncodingEnabled(false).get("/nothing/h%0Aere?a=b").then(), 404)
        .body("detail", startsWith("There is no GET /nothing/h%0Aere here."));
    shaped(given().delete("/refusing/problem").then(), 405)
        .body("detail", startsWith("There is no DELETE /refusing/problem here."));
    shaped(given().contentType("text/plain").body("x").post("/refusing/body").then(), 415);
    shaped(given().contentType("text/plain").body("x").post("/refusing/word").then(), 415);
  }

  private static ValidatableResponse shaped(ValidatableResponse answer, int status) {
    return answer
        .statusCode(status)
        .contentType("application/problem+json")
        .body("status", equalTo(status), "error.statusCode", equalTo(status));
  }
}
