package io.moraine.dataset.content;

import static io.moraine.dataset.DirectClient.line;
import static io.moraine.dataset.DirectClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.moraine.content.pack.Pack;
import io.moraine.content.store.ObjectStore;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** With a provider that takes any bytes under any checksum, somebody may have been there first. */
@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
@TestProfile(UncheckedBucketTest.Unchecked.class)
class UncheckedBucketTest {
  /** The provider is the same; it is only not relied upon. */
  public static final class Unchecked implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("MORAINE_S3_ENFORCES_CHECKSUMS", "false");
    }
  }

  @Inject Buckets buckets;
  @Inject Contents contents;

  @Test
  void aFileOverwritesWhatOnlyHasItsName() {
    TestVersion version = TestVersion.open();
    byte[] right = bytes("what it should be");
    bucket(version).put(contents.blobObject(team(version), Sha256.of(right)), bytes("what it is"));

    version.with("a", right).committed();

    assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(right);
  }

  @Test
  void nodesOverwriteWhatOnlyHasTheirName() {
    TestVersion first = TestVersion.open().with("a", bytes("1")).committed();
    TestVersion second = TestVersion.open();
    String pack = bucket(first).list(first.team().id() + "/packs/").next().key();
    bucket(second).put(pack.replace(first.team().id(), second.team().id()), bytes("no pack"));

    second.with("a", bytes("1")).committed();

    String own = second.team().id() + "/packs/";
    assertThat(bucket(second).list(own))
        .toIterable()
        .singleElement()
        .matches(object -> object.sizeBytes() > 50);
  }

  @Test
  void anUploadIsHashedBeforeItCounts() throws Exception {
    TestVersion version = TestVersion.open();
    DirectClient client = new DirectClient(version);
    byte[] right = bytes("right");
    byte[] wrong = bytes("wrong");
    Pack pack = DirectClient.pack(bytes("in a pack"));
    bucket(version).put(contents.blobObject(team(version), Sha256.of(right)), wrong);
    bucket(version)
        .put(contents.packObject(team(version), pack.sha256()), new byte[pack.bytes().length]);

    for (Map<String, Object> object :
        List.of(object("blob", right), object("pack", pack.bytes()))) {
      client.done(List.of(object)).statusCode(422).body("type", containsString("not-what-it-says"));
    }
    client.stage(line("a", right)).statusCode(409);
    byte[] good = bytes("good");
    client.with("blob", good).stage(line("a", good)).statusCode(200);
    version.committed();
    assertThat(version.request().get(version.file("a")).asByteArray()).isEqualTo(good);
  }

  private ObjectStore bucket(TestVersion version) {
    String provider = version.team().request().get("/storageProviders").path("[0].id");
    return buckets.of(new Store(team(version), new ProviderId(provider)));
  }

  private static TeamId team(TestVersion version) {
    return new TeamId(version.team().id());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
