package io.moraine.dataset;

import io.moraine.content.store.BucketAccess;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.testkit.EmbeddedStack;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A bucket of a team's own on the real S3 server, and the storage providers made of it.
 *
 * @param endpoint under which it is reached, perhaps not directly
 */
public record TestBucket(String name, URI endpoint) {
  /** A fresh one. */
  public static TestBucket create() {
    String name = "own-" + UUID.randomUUID();
    URI endpoint = server();
    try (S3Client s3 =
        S3Client.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(accessKey(), secretKey())))
            .build()) {
      s3.createBucket(bucket -> bucket.bucket(name));
    }
    return new TestBucket(name, endpoint);
  }

  public static URI server() {
    return URI.create(EmbeddedStack.variables().get("MORAINE_S3_ENDPOINT"));
  }

  public static String accessKey() {
    return EmbeddedStack.variables().get("MORAINE_S3_ACCESS_KEY");
  }

  public static String secretKey() {
    return EmbeddedStack.variables().get("MORAINE_S3_SECRET_KEY");
  }

  /** The same bucket by another way. */
  public TestBucket through(URI other) {
    return new TestBucket(name, other);
  }

  /** What a request says of it, to be changed at will. */
  public Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("bucket", name);
    config.put("accessKey", accessKey());
    config.put("secretAccessKey", secretKey());
    config.put("endpoint", endpoint.toString());
    return config;
  }

  /** A provider of it; its id. */
  public String providerOf(TestTeam team, String called) {
    return provider(team, called, config());
  }

  /** A provider that has to be made; its id. */
  public static String provider(TestTeam team, String called, Map<String, String> config) {
    return team.request()
        .body(Map.of("type", "s3", "name", called, "config", config))
        .post("/storageProviders")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  /** A dataset in a provider; its id. */
  public static String dataset(TestTeam team, String called, String provider) {
    return team.request()
        .body(Map.of("name", called, "storageProviderId", provider))
        .post("/datasets")
        .then()
        .statusCode(201)
        .extract()
        .path("id");
  }

  /** The keys of its objects. */
  public List<String> keys() {
    List<String> keys = new ArrayList<>();
    try (ObjectStore store =
        new ObjectStore(new BucketAccess(server(), "us-east-1", name, accessKey(), secretKey()))) {
      store.list("").forEachRemaining((Listed object) -> keys.add(object.key()));
    }
    return keys;
  }
}
