package io.moraine.content.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.content.HostileBytes;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeHostileBytesProperties {
  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void damagedNodesAreRefusedOrTheOnlyEncodingOfWhatTheySay(
      @ForAll long seed, @ForAll @IntRange(max = 20) int count) {
    Random random = new Random(seed);
    Node leaf = new Node(0, List.copyOf(SampleFiles.files(count, random).values()));
    HostileBytes.check(leaf.encode(), random, Node::decode, Node::encode);
    if (count > 0) {
      Node inner = new Node(1 + random.nextInt(7), List.of(leaf.asChild(Sha256.of(leaf.encode()))));
      HostileBytes.check(inner.encode(), random, Node::decode, Node::encode);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', ends too early",
    "11, first byte is 17",
    "22, first byte is 34",
    "12, ends too early",
    "1200ff, 1 bytes follow",
    "128000, longer than it needs",
    "12ffffffffffffffffff01, longer than 9 bytes",
    "128108, number of entries is 1025",
    "12ffffffffffffffff7f, number of entries is 9223372036854775807",
    "130001, level is 0",
    "130801, level is 8",
    "130100, at least one child",
    "12010000, empty",
    "120101, shared part of a path is 1",
    "1201008108, length of a path is 1025",
    "12010001ff, UTF-8",
    "12010001, ends too early",
    "12010001610004, content kind 4",
    "1201000161000141, ends too early",
    "1201000161808080801001, bytes are stored as LIST",
  })
  void hostileHeadsAreNamed(String hex, String why) {
    String padded = hex + (why.contains("stored as") ? "00".repeat(32) : "");
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> Node.decode(HexFormat.of().parseHex(padded)))
        .withMessageContaining("tree node")
        .withMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({"b,a", "a,a"})
  void pathsAscend(String first, String second) {
    Node node =
        new Node(0, List.of(SampleFiles.file(first, 1, "x"), SampleFiles.file(second, 1, "x")));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> Node.decode(node.encode()))
        .withMessageContaining("do not ascend");
  }

  @Test
  void aNodeAboveTwoMebibytesIsNotEvenLookedAt() {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> Node.decode(new byte[Limits.NODE_BYTES + 1]))
        .withMessageContaining("the most is 2097152");
  }

  @Test
  void sumsThatOverflowAreRefused() {
    Sha256 digest = Sha256.of(new byte[0]);
    Node node =
        new Node(
            1,
            List.of(
                new Child(SampleFiles.file("a", 1, "").path(), digest, Long.MAX_VALUE, 1),
                new Child(SampleFiles.file("b", 1, "").path(), digest, 1, 1)));
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> Node.decode(node.encode()))
        .withMessageContaining("2^63-1");
    assertThat(Node.decode(new Node(0, List.of()).encode()).size()).isZero();
  }
}
