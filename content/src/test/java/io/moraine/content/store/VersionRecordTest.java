package io.moraine.content.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.content.format.FormatException;
import io.moraine.content.tree.VersionRoot;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.Sha256;
import io.moraine.vocabulary.TeamId;
import io.moraine.vocabulary.VersionId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionRecordTest {
  private static final VersionRecord FULL =
      new VersionRecord(
          VersionRoot.EMPTY,
          Optional.of(new VersionId("k3v9x2a")),
          "ä \"quoted\"\nline \ud83d\ude00",
          Optional.of(
              new VersionRecord.Origin(
                  new RunName("r-17"), new RunName("train"), new RunName("model"), 2)),
          Instant.parse("2026-01-02T03:04:05.678901Z"),
          42);

  @Test
  void whatIsWrittenIsRead() {
    assertThat(VersionRecord.decode(FULL.encode())).isEqualTo(FULL);
    VersionRecord bare =
        new VersionRecord(
            VersionRoot.EMPTY, Optional.empty(), "", Optional.empty(), Instant.EPOCH, 0);
    assertThat(VersionRecord.decode(bare.encode())).isEqualTo(bare);
  }

  @Test
  void unknownMembersAreIgnored() {
    String json = new String(FULL.encode(), StandardCharsets.UTF_8);
    byte[] more = json.replaceFirst("\\{", "{\"added\":[1],").getBytes(StandardCharsets.UTF_8);
    assertThat(VersionRecord.decode(more)).isEqualTo(FULL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"format\":2}",
        "{\"format\":1,\"root\":\"00\",\"files\":0,\"bytes\":0}",
        "{\"format\":1,\"format\":1}",
        "{\"format\":1e400}",
        "{\"format\":99999999999999999999999999}"
      })
  void badRecordsAreNamed(String json) {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> VersionRecord.decode(json.getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining("not a valid version record: ");
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void damagedRecordsAreReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = FULL.encode();
    for (int i = 0; i < 3; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    try {
      assertThat(VersionRecord.decode(bytes)).isNotNull();
    } catch (FormatException e) {
      assertThat(e).hasMessageContaining("not a valid version record: ");
    }
  }

  @Test
  void deepNestingIsRefused() {
    byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(FormatException.class).isThrownBy(() -> VersionRecord.decode(deep));
  }

  @Test
  void keysLieUnderTheTeam() {
    ObjectKeys keys = new ObjectKeys(new TeamId("te0123456789ab"));
    DatasetId dataset = new DatasetId("dst0123456789ab");
    VersionId version = new VersionId("k3v9x2a");
    Sha256 sha256 = VersionRoot.EMPTY.digest();
    String root = "te0123456789ab/";
    assertThat(keys.blob(sha256))
        .isEqualTo(root + "blobs/" + sha256.hex().substring(0, 2) + "/" + sha256);
    assertThat(keys.pack(sha256)).startsWith(root + "packs/").endsWith("/" + sha256);
    assertThat(keys.version(dataset, version)).isEqualTo(root + "versions/dst0123456789ab/k3v9x2a");
    assertThat(keys.tombstone(dataset, version)).endsWith("/k3v9x2a.deleted");
    assertThat(keys.dataset(dataset, 7))
        .isEqualTo(root + "datasets/dst0123456789ab/0000000000000000007");
    assertThat(keys.incoming(sha256)).isEqualTo(root + "incoming/" + sha256);
    assertThat(keys.team()).isEqualTo("teams/te0123456789ab");
  }
}
