package io.moraine.system;

import static io.moraine.system.RandomFiles.contents;
import static io.moraine.system.RandomFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.testkit.blackbox.RunningStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the unmodified client of Gradient does with storage providers, on buckets of a team's own.
 */
class GradientProviderTest {
  @TempDir private Path temporary;
  private final RunningStack stack = SystemStack.up();
  private OwnBucket bucket;
  private GradientTeam team;

  @BeforeEach
  void makeTeam() throws IOException {
    team = GradientTeam.create(stack, temporary.resolve("home"));
    bucket = OwnBucket.create(stack.settings());
  }

  @Test
  void oneIsMadeListedChangedAndDeleted() {
    String id = create("minio", bucket);

    assertThat(team.run("storageProviders", "list"))
        .contains("Gradient Managed", team.provider(), "minio", id, bucket.name())
        .doesNotContain(bucket.secretKey());
    assertThat(details(id))
        .contains(
            "minio",
            "bucket: " + bucket.name(),
            "accessKey: " + bucket.accessKey(),
            "secretAccessKey: ********",
            "endpoint: " + bucket.endpoint())
        .doesNotContain("region", bucket.secretKey());

    update(id, "--region", "eu-1", "--signatureVersion", "v4");
    assertThat(details(id))
        .contains("region: eu-1", "signatureVersion: v4", "bucket: " + bucket.name());
    update(id, "--name", "renamed", "--region", "");
    assertThat(details(id))
        .contains("renamed", "signatureVersion: v4", "endpoint: " + bucket.endpoint())
        .doesNotContain("region");
    OwnBucket other = OwnBucket.create(stack.settings());
    update(id, "--bucket", other.name(), "--signatureVersion", "");
    assertThat(details(id))
        .contains("bucket: " + other.name(), "accessKey: " + bucket.accessKey())
        .doesNotContain("signatureVersion");
    update(id, "--accessKey", bucket.accessKey(), "--secretAccessKey", bucket.secretKey());
    update(id);

    assertThat(team.run("storageProviders", "delete", "--id", id))
        .contains("Deleted storage provider: " + id);
    assertThat(details(id))
        .contains("Failed to fetch data: There is no storage provider " + id + " in your team.");
    assertThat(team.run("storageProviders", "list")).doesNotContain(id);
  }

  @Test
  void itsDatasetsLieInItsBucketAndKeepIt() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    write(source, "ü/a b.bin", 100_000);
    write(source, "multipart.bin", 15_000_001);
    String id = create("minio", bucket);
    String dataset = team.createDataset("faces", id);
    assertThat(team.run("datasets", "details", "--id", dataset)).contains("minio (" + id + ")");
    team.run("datasets", "versions", "create", "--id", dataset, "--source-path", source + "/");
    Path got = temporary.resolve("got");
    team.run(
        "datasets", "files", "get", "--id", dataset + ":latest", "--target-path", got.toString());
    assertThat(contents(got)).isEqualTo(contents(source));
    assertThat(bucket.objects()).isPositive();

    assertThat(team.run("storageProviders", "delete", "--id", id))
        .contains("Failed to delete resource: minio cannot be deleted: 1 of your datasets")
        .contains("faces");
    assertThat(tryUpdate(id, "--bucket", OwnBucket.create(stack.settings()).name()))
        .contains("Failed to fetch data: minio cannot get another bucket or prefix")
        .contains("faces");
    assertThat(tryUpdate(id, "--secretAccessKey", "wrong"))
        .contains("Failed to fetch data: The bucket " + bucket.name() + " does not let us");
    assertThat(details(id)).contains("bucket: " + bucket.name());

    team.run("datasets", "delete", "--id", dataset);
    assertThat(team.run("storageProviders", "delete", "--id", id)).contains("Deleted");
    assertThat(bucket.objects()).as("the bucket is the team's").isPositive();
  }

  @Test
  void whatIsNoBucketIsNotSaved() {
    OwnBucket none = new OwnBucket("none-at-all", bucket.endpoint(), bucket.accessKey(), "wrong");
    OwnBucket away = new OwnBucket("a-b", "http://127.0.0.1:1", "key", "secret");

    assertThat(tryCreate("a", none))
        .contains("Failed to create resource: The bucket none-at-all does not let us");
    assertThat(tryCreate("a", away))
        .contains("Failed to create resource: http://127.0.0.1:1 does not answer");
    assertThat(tryCreate("Gradient Managed", bucket))
        .contains("Failed to create resource: Your team already has a storage provider called");
    assertThat(tryUpdate(team.provider(), "--name", "mine"))
        .contains("Failed to fetch data: Gradient Managed is the installation's own bucket");
    assertThat(team.run("storageProviders", "delete", "--id", team.provider()))
        .contains("Failed to delete resource: Gradient Managed is the installation's own bucket");
    assertThat(team.run("datasets", "create", "--name", "a", "--storageProviderId", "splnone"))
        .contains("Failed to create resource: There is no storage provider splnone");
    assertThat(team.run("storageProviders", "list")).doesNotContain("a-b", "none-at-all");
  }

  @Test
  void morePagesThanOneAreListed() {
    for (int i = 0; i < 22; i++) {
      String config =
          "{\"bucket\": \"%s\", \"endpoint\": \"%s\", \"accessKey\": \"%s\", \"secretAccessKey\": \"%s\"}"
              .formatted(bucket.name(), bucket.endpoint(), bucket.accessKey(), bucket.secretKey());
      team.rest()
          .post(
              "/storageProviders",
              "{\"type\": \"s3\", \"name\": \"p%02d\", \"config\": %s}".formatted(i, config))
          .ok();
    }

    String listed = team.run("storageProviders", "list");

    IntStream.range(0, 22).forEach(i -> assertThat(listed).contains("| p%02d ".formatted(i)));
  }

  private String create(String name, OwnBucket of) {
    return GradientTeam.found(
        tryCreate(name, of), "Created new storage provider with id: (spl[0-9a-z]{12})");
  }

  private String tryCreate(String name, OwnBucket of) {
    return team.run(
        "storageProviders",
        "create",
        "s3",
        "--name",
        name,
        "--bucket",
        of.name(),
        "--accessKey",
        of.accessKey(),
        "--secretAccessKey",
        of.secretKey(),
        "--endpoint",
        of.endpoint());
  }

  private void update(String id, String... options) {
    assertThat(tryUpdate(id, options)).contains("Updated storage provider");
  }

  private String tryUpdate(String id, String... options) {
    String[] words = {"storageProviders", "update", "s3", "--id", id};
    return team.run(
        java.util.stream.Stream.of(words, options)
            .flatMap(java.util.Arrays::stream)
            .toArray(String[]::new));
  }

  private String details(String id) {
    return team.run("storageProviders", "details", "--id", id);
  }
}
