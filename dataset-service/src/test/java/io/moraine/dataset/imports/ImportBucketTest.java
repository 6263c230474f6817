package io.moraine.dataset.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.dataset.TestTeam;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ImportBucketTest {
  private static final int MIB = 1 << 20;

  private final Map<String, String> variables = EmbeddedStack.variables();
  private final String prefix = "sources/" + UUID.randomUUID() + "/";

  private S3Client s3;
  private TestTeam team;

  @BeforeEach
  void newWorld() {
    s3 =
        S3Client.builder()
            .endpointOverride(URI.create(variables.get("MORAINE_S3_ENDPOINT")))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        variables.get("MORAINE_S3_ACCESS_KEY"),
                        variables.get("MORAINE_S3_SECRET_KEY"))))
            .build();
    team = TestTeam.create();
    team.newDataset("faces");
  }

  @AfterEach
  void close() {
    s3.close();
  }

  private void put(String key, byte[] bytes) {
    s3.putObject(
        put -> put.bucket(variables.get("MORAINE_S3_BUCKET")).key(key),
        RequestBody.fromBytes(bytes));
  }

  private Map<String, Object> source(String from) {
    return new HashMap<>(
        Map.of(
            "type", "s3",
            "endpoint", variables.get("MORAINE_S3_ENDPOINT"),
            "bucket", variables.get("MORAINE_S3_BUCKET"),
            "prefix", from,
            "accessKey", variables.get("MORAINE_S3_ACCESS_KEY"),
            "secretKey", variables.get("MORAINE_S3_SECRET_KEY")));
  }

  @Test
  void theObjectsBelowAPrefixBecomeAVersion() {
    byte[] large = new byte[35 * MIB];
    new Random(4).nextBytes(large);
    for (int i = 0; i < 40; i++) {
      put(prefix + "small/" + i, ("small " + i).getBytes(UTF_8));
    }
    put(prefix + "large", large);
    put(prefix + "empty", new byte[0]);
    put(prefix + "ü b", new byte[1]);

    TestImport begun = TestImport.begin(team, "faces", source(prefix));
    TestVersion version = begun.done();

    assertThat(TestImport.paths(version))
        .hasSize(43)
        .contains("empty", "large", "small/0", "small/39", "ü b");
    assertThat(version.request().get(version.file("large")).asByteArray()).isEqualTo(large);
    assertThat(version.request().get(version.file("small/39")).asString()).isEqualTo("small 39");
    assertThat(TestImport.message(version))
        .isEqualTo(
            "Imported from s3://%s/%s at %s"
                .formatted(
                    variables.get("MORAINE_S3_BUCKET"),
                    prefix,
                    variables.get("MORAINE_S3_ENDPOINT")));
    assertThat(begun.now().getLong("progress.bytes"))
        .isEqualTo(begun.now().getLong("progress.totalBytes"));
    assertThat(team.request().get(begun.path()).asString())
        .doesNotContain(variables.get("MORAINE_S3_SECRET_KEY"));
  }

  @Test
  void oneObjectNamedWholeIsAFile() {
    put(prefix + "a.csv", new byte[3]);

    TestVersion version = TestImport.begin(team, "faces", source(prefix + "a.csv")).done();

    assertThat(TestImport.paths(version)).containsExactly("a.csv");
  }

  @Test
  void aStorageProviderOfTheTeamLendsItsKeys() {
    put(prefix + "a.csv", new byte[3]);
    String provider =
        team.request()
            .body(
                Map.of(
                    "name",
                    "elsewhere",
                    "type",
                    "s3",
                    "config",
                    Map.of(
                        "endpoint", variables.get("MORAINE_S3_ENDPOINT"),
                        "bucket", variables.get("MORAINE_S3_BUCKET"),
                        "prefix", "providers/" + team.id(),
                        "accessKey", variables.get("MORAINE_S3_ACCESS_KEY"),
                        "secretAccessKey", variables.get("MORAINE_S3_SECRET_KEY"))))
            .post("/storageProviders")
            .then()
            .statusCode(201)
            .extract()
            .path("id");
    Map<String, String> source = Map.of("type", "s3", "provider", provider, "prefix", prefix);

    TestVersion version = TestImport.begin(team, "faces", source).done();

    assertThat(TestImport.paths(version)).containsExactly("a.csv");
    TestTeam other = TestTeam.create();
    other.newDataset("faces");
    other
        .request()
        .body(Map.of("source", source))
        .post("/datasets/faces/imports")
        .then()
        .statusCode(404);
    String managed = other.request().get("/storageProviders").path("[0].id");
    assertThat(TestImport.begin(other, "faces", Map.of("type", "s3", "provider", managed)).failed())
        .contains("Moraine's own");
  }

  @Test
  void whatIsWrongIsSaid() {
    Map<String, Object> wrongKey = source(prefix);
    wrongKey.put("secretKey", "wrong");

    assertThat(TestImport.begin(team, "faces", source(prefix + "nothing")).failed())
        .contains("has no objects");
    assertThat(TestImport.begin(team, "faces", wrongKey).failed())
        .contains("403")
        .doesNotContain("wrong");
  }
}
