package io.moraine.content.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.content.format.FormatException;
import io.moraine.vocabulary.DatasetName;
import io.moraine.vocabulary.ProviderId;
import io.moraine.vocabulary.TagName;
import io.moraine.vocabulary.VersionId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
  private static final String DATASET =
      """
      {"created":"2026-01-02T03:04:05.678901Z","description":"Ümlaute","format":1,\
      "messages":{"a0bcdef":"said later","k3v9x2a":""},"name":"faces",\
      "retention":{"keepLast":3,"keepTagged":true},"tags":{"best":"k3v9x2a","prod":"a0bcdef"}}""";

  private static final DatasetRecord RECORD =
      new DatasetRecord(
          new DatasetName("faces"),
          "Ümlaute",
          Map.of(
              new TagName("prod"), new VersionId("a0bcdef"),
              new TagName("best"), new VersionId("k3v9x2a")),
          Map.of(new VersionId("k3v9x2a"), "", new VersionId("a0bcdef"), "said later"),
          new DatasetRecord.Retention(Optional.of(3), Optional.empty(), Optional.of(true)),
          Instant.parse("2026-01-02T03:04:05.678901Z"));

  @Test
  void aDatasetRecordHasOneEncodingAndIsReadBack() {
    assertThat(new String(RECORD.encode(), StandardCharsets.UTF_8)).isEqualTo(DATASET);
    assertThat(DatasetRecord.decode(RECORD.encode())).isEqualTo(RECORD);
  }

  @Test
  void aTeamRecordHasOneEncodingAndIsReadBack() {
    TeamRecord record = new TeamRecord("default", true, ProviderId.random(), "Gradient Managed");
    assertThat(new String(record.encode(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"format\":1,\"name\":\"default\",\"operator\":true,"
                + "\"provider\":{\"id\":\"%s\",\"name\":\"Gradient Managed\"}}"
                    .formatted(record.provider()));
    assertThat(TeamRecord.decode(record.encode())).isEqualTo(record);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "{\"format\":2}",
        "{\"format\":1}",
        "{\"format\":1,\"format\":1}"
      })
  void whatIsNoRecordIsRefused(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThatExceptionOfType(FormatException.class).isThrownBy(() -> DatasetRecord.decode(bytes));
    assertThatExceptionOfType(FormatException.class).isThrownBy(() -> TeamRecord.decode(bytes));
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void damagedRecordsAreReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    TeamRecord team = new TeamRecord("default", true, new ProviderId("spl0123456789ab"), "Managed");
    readOrRefuse(damaged(RECORD.encode(), random), "dataset record", DatasetRecord::decode);
    readOrRefuse(damaged(team.encode(), random), "team record", TeamRecord::decode);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = Arrays.copyOf(bytes, bytes.length - random.nextInt(2) * random.nextInt(9));
    for (int i = random.nextInt(4); i > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    return damaged;
  }

  private static void readOrRefuse(byte[] bytes, String what, Function<byte[], ?> decode) {
    try {
      assertThat(decode.apply(bytes)).isNotNull();
    } catch (FormatException e) {
      assertThat(e).hasMessageContaining("not a valid " + what);
    }
  }
}
