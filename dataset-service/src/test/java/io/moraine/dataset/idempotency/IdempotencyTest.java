package io.moraine.dataset.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.moraine.dataset.TestTeam;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class IdempotencyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String VERSIONS = "/datasets/faces/versions";

  @Inject Pool database;

  private final String key = UUID.randomUUID().toString();

  @Test
  void theSameRequestAgainIsAnsweredTheSameAndNotDoneAgain() {
    TestTeam team = TestTeam.create();
    Map<String, ?> faces = Map.of("name", "faces");

    Response first = post(team, key, "/datasets", faces);
    Response again = post(team, key, "/datasets", faces);

    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(again.asString()).isEqualTo(first.asString());
    assertThat(again.header("Location")).endsWith("/datasets/" + first.path("id"));
    assertThat(again.header("ETag")).isEqualTo(first.header("ETag")).startsWith("\"");
    assertThat(first.header(AnsweredBeforeMapper.REPLAYED)).isNull();
    assertThat(again.header(AnsweredBeforeMapper.REPLAYED)).isEqualTo("true");

    String version = post(team, key + "v", VERSIONS, Map.of()).path("version");
    post(team, key + "v", VERSIONS, Map.of()).then().body("version", equalTo(version));
    team.request().get(VERSIONS).then().body("version", hasSize(1));
    post(team, key + "w", VERSIONS, Map.of()).then().statusCode(201);
    team.request().get(VERSIONS).then().body("version", hasSize(2));
  }

  @Test
  void aKeyIsOfOneRequestAndOfOneTeam() {
    TestTeam team = withDataset();
    post(team, key, VERSIONS, Map.of("message", "first")).then().statusCode(201);

    problem(post(team, key, VERSIONS, Map.of("message", "second")), 422, "key-reused");
    team.newDataset("other");
    problem(
        post(team, key, "/datasets/other/versions", Map.of("message", "first")), 422, "key-reused");
    post(withDataset(), key, VERSIONS, Map.of("message", "first"))
        .then()
        .statusCode(201)
        .header(AnsweredBeforeMapper.REPLAYED, nullValue());
  }

  @Test
  void aRefusalChangedNothingAndIsNotKept() {
    TestTeam team = TestTeam.create();
    post(team, key, VERSIONS, Map.of()).then().statusCode(404);
    team.newDataset("faces");

    post(team, key, VERSIONS, Map.of()).then().statusCode(201);
  }

  @Test
  void anAnswerWithASecretIsGivenOnce() {
    TestTeam team = TestTeam.create();
    String keys = "/teams/" + team.id() + "/keys";
    Map<String, ?> reader = Map.of("role", "reader");
    String secret = post(team, key, keys, reader).then().statusCode(201).extract().path("key");

    problem(post(team, key, keys, reader), 409, "answer-not-kept");

    team.request().get(keys).then().body("id", hasSize(2));
    assertThat(
            database
                .preparedQuery("SELECT t::text AS row FROM idempotent_request t WHERE key = $1")
                .execute(Tuple.of(key))
                .await()
                .atMost(PATIENCE)
                .iterator()
                .next()
                .getString("row"))
        .doesNotContain(secret);
  }

  @Test
  void whatACrashLeftIsUnknownAndWhatAnotherProcessDoesIsUnderWay() {
    TestTeam team = withDataset();
    post(team, key, VERSIONS, Map.of()).then().statusCode(201);
    change("status = NULL, body = NULL, holder = 'another process'");

    problem(post(team, key, VERSIONS, Map.of()), 409, "under-way");
    change("created_at = now() - interval '11 minutes'");
    problem(post(team, key, VERSIONS, Map.of()), 409, "outcome-unknown");
    change("holder = 'another process', created_at = now() - interval '23 hours'");
    problem(post(team, key, VERSIONS, Map.of()), 409, "outcome-unknown");

    team.request().get(VERSIONS).then().body("version", hasSize(1));
  }

  @Test
  void aDayLaterTheKeyIsForgotten() {
    TestTeam team = withDataset();
    post(team, key, VERSIONS, Map.of()).then().statusCode(201);
    change("created_at = now() - interval '25 hours'");

    post(team, key, VERSIONS, Map.of("message", "another")).then().statusCode(201);

    team.request().get(VERSIONS).then().body("version", hasSize(2));
  }

  @Test
  void ofManyAtOnceOneIsDone() {
    TestTeam team = withDataset();
    List<CompletableFuture<Response>> sent =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> post(team, key, VERSIONS, Map.of())))
            .toList();

    assertThat(sent.stream().map(CompletableFuture::join).map(Response::statusCode))
        .contains(201)
        .allMatch(status -> status == 201 || status == 409);
    team.request().get(VERSIONS).then().body("version", hasSize(1));
  }

  @Test
  void aTeamHasSoManyKeysAndNoMore() {
    TestTeam team = withDataset();
    database
        .preparedQuery(
            """
            INSERT INTO idempotent_request (team, key, request, holder)
            SELECT $1, 'k' || n, '\\x00', '' FROM generate_series(1, $2::integer) n
            """)
        .execute(Tuple.of(team.id(), RequestStore.MOST_KEYS))
        .await()
        .atMost(PATIENCE);

    problem(post(team, key, VERSIONS, Map.of()), 429, "too-many");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ümlaut"})
  void whatCanBeNoKeyIsRefused(String bad) {
    problem(post(withDataset(), bad, VERSIONS, Map.of()), 400, "no-key");
  }

  /** Whoever adds one has to think of what happens when it is sent twice. */
  @Test
  void everyPostSaysWhatHappensWhenItIsSentTwice() {
    assertThat(posts())
        .hasSizeGreaterThan(10)
        .allMatch(
            post ->
                post.isAnnotatedWith(Idempotent.class)
                    != post.isAnnotatedWith(NaturallyIdempotent.class));
  }

  private static List<JavaMethod> posts() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.moraine.dataset")
            .stream()
            .filter(type -> type.getSimpleName().endsWith("Resource"))
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.isAnnotatedWith(POST.class))
            .toList();
  }

  /** Its request is compared, body and all, so that one that is streamed would have to be kept. */
  @Test
  void noRequestWhoseBodyIsAStreamIsKept() {
    assertThat(
            posts().stream()
                .filter(post -> post.isAnnotatedWith(Idempotent.class))
                .flatMap(post -> post.getRawParameterTypes().stream()))
        .isNotEmpty()
        .noneMatch(type -> type.isAssignableTo(InputStream.class));
  }

  private static TestTeam withDataset() {
    TestTeam team = TestTeam.create();
    team.newDataset("faces");
    return team;
  }

  private static Response post(TestTeam team, String key, String path, Map<String, ?> body) {
    return team.request().header("Idempotency-Key", key).body(body).post(path);
  }

  private static void problem(Response answer, int status, String type) {
    ValidatableResponse refused = answer.then().statusCode(status);
    refused.body("type", endsWith("idempotency/" + type), "detail", containsString("Key"));
  }

  /** Of the row of this test's key. */
  private void change(String what) {
    assertThat(
            database
                .preparedQuery("UPDATE idempotent_request SET " + what + " WHERE key = $1")
                .execute(Tuple.of(key))
                .await()
                .atMost(PATIENCE)
                .rowCount())
        .isEqualTo(1);
  }
}
