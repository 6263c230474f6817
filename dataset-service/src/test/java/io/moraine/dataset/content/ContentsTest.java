package io.moraine.dataset.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import io.moraine.dataset.DirectClient;
import io.moraine.dataset.StoredObjects;
import io.moraine.dataset.TestVersion;
import io.moraine.testkit.EmbeddedStack;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class ContentsTest {
  @Inject Contents contents;

  @Test
  void aNodeThatComesDamagedIsNotRemembered() throws Exception {
    TestVersion version = TestVersion.open();
    byte[] node = "a node of somebody's tree".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    PackWriter writer = new PackWriter();
    Sha256 digest = writer.add(ContentKind.NODE, node).sha256();
    Pack pack = writer.finish();
    new DirectClient(version).with("pack", pack.bytes());
    Path object = StoredObjects.find(version.team().id() + "/packs", pack.sha256().hex()).get(0);
    byte[] right = Files.readAllBytes(object);
    byte[] wrong = right.clone();
    wrong[3] ^= 1;

    Files.write(object, wrong);
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> contents.node(store(version), digest))
        .withMessageContaining("another SHA-256");
    Files.write(object, right);
    assertThat(contents.node(store(version), digest)).isEqualTo(node);
  }

  private static Store store(TestVersion version) {
    String provider = version.team().request().get("/storageProviders").path("[0].id");
    return new Store(new TeamId(version.team().id()), new ProviderId(provider));
  }
}
