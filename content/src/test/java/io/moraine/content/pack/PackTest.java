package io.moraine.content.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.moraine.content.HostileBytes;
import io.moraine.content.format.ByteWriter;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.vocabulary.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PackTest {
  @Test
  void whatGoesInComesOut() {
    PackWriter writer = new PackWriter();
    ContentId empty = writer.add(ContentKind.BLOB, new byte[0]);
    ContentId blob = writer.add(ContentKind.BLOB, new byte[] {1, 2, 3});
    ContentId node = writer.add(ContentKind.NODE, new byte[] {1, 2, 3});
    assertThat(writer.add(ContentKind.BLOB, new byte[] {1, 2, 3, 4}, 3)).isEqualTo(blob);
    int size = writer.sizeBytes();

    Pack pack = writer.finish();

    assertThat(pack.bytes()).hasSize(size);
    assertThat(pack.sha256()).isEqualTo(Sha256.of(pack.bytes()));
    assertThat(pack.index().entries())
        .containsExactly(
            new PackEntry(empty, 0, 0), new PackEntry(blob, 0, 3), new PackEntry(node, 3, 3));
    assertThat(pack.content(pack.index().entries().get(2))).containsExactly(1, 2, 3);
    assertThat(writer.isEmpty()).isTrue();
    assertThat(writer.finish().index().entries()).isEmpty();
  }

  @Test
  void aPackIsFilledToTheLastByteAndNotBeyond() {
    PackWriter writer = new PackWriter();
    byte[] half = new byte[Limits.OBJECT_BYTES / 2];
    writer.add(ContentKind.BLOB, half);
    int rest = Limits.OBJECT_BYTES - half.length - PackIndex.tailBytes(2);
    assertThat(writer.fits(rest)).isTrue();
    assertThat(writer.fits(rest + 1)).isFalse();
    assertThatIllegalStateException()
        .isThrownBy(() -> writer.add(ContentKind.NODE, half))
        .withMessageContaining("does not fit");
    writer.add(ContentKind.BLOB, half, rest);
    assertThat(writer.finish().bytes()).hasSize(Limits.OBJECT_BYTES);
  }

  @Test
  void theTailAloneGivesTheIndexOfALargePack() {
    PackWriter writer = new PackWriter();
    writer.add(ContentKind.BLOB, new byte[5 << 20]);
    Pack pack = writer.finish();
    byte[] bytes = pack.bytes();
    byte[] tail = Arrays.copyOfRange(bytes, bytes.length - PackIndex.MAX_TAIL_BYTES, bytes.length);
    assertThat(PackIndex.decode(tail, bytes.length)).isEqualTo(pack.index());
  }

  @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
  void damagedPacksAreRefused(@ForAll long seed, @ForAll @IntRange(max = 6) int count) {
    Random random = new Random(seed);
    PackWriter writer = new PackWriter();
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[random.nextInt(40)];
      random.nextBytes(content);
      writer.add(ContentKind.ofCode(1 + random.nextInt(3)), content);
    }
    HostileBytes.check(
        writer.finish().bytes(),
        random,
        Pack::read,
        pack -> {
          PackWriter again = new PackWriter();
          pack.index().entries().forEach(e -> again.add(e.content().kind(), pack.content(e)));
          return again.finish().bytes();
        });
  }

  @Test
  void overlapGapDoubleAndForeignRangesAreNamed() {
    byte[] bytes = {1, 2, 3, 4};
    refused("the content before ends at 2", bytes, entry(bytes, 0, 2), entry(bytes, 1, 3));
    refused("the content before ends at 2", bytes, entry(bytes, 0, 2), entry(bytes, 3, 1));
    refused("belong to no content", bytes, entry(bytes, 0, 3));
    refused("the index begins at 4", bytes, entry(bytes, 0, 2), new PackEntry(id(bytes), 2, 9));
    refused("the index begins at 4", bytes, new PackEntry(id(bytes), 0, -1));
    byte[] twice = {7, 7};
    refused("is in it twice", twice, entry(twice, 0, 1), entry(twice, 1, 1));
    refused("but the bytes there have", bytes, new PackEntry(id(twice), 0, 4));
  }

  @Test
  void anIndexThatClaimsMoreThanThereIsAllocatesNothing() {
    byte[] bytes =
        ByteBuffer.allocate(PackIndex.TRAILER_BYTES)
            .putInt(-1)
            .put(new byte[] {'M', 'P', 'K', 1})
            .array();
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> Pack.read(bytes))
        .withMessageContaining("4294967295 contents does not fit");
  }

  @Test
  void moreThan32MebibytesAreNoPack() {
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(
            () -> PackIndex.decode(new byte[PackIndex.MAX_TAIL_BYTES], Limits.OBJECT_BYTES + 1L))
        .withMessageContaining("33554433 bytes");
  }

  private static ContentId id(byte[] bytes) {
    return new ContentId(ContentKind.BLOB, Sha256.of(bytes));
  }

  private static PackEntry entry(byte[] bytes, int offset, int length) {
    Sha256 sha256 = Sha256.of(bytes, offset, length);
    return new PackEntry(new ContentId(ContentKind.BLOB, sha256), offset, length);
  }

  private static void refused(String why, byte[] contents, PackEntry... entries) {
    ByteWriter out = new ByteWriter();
    out.bytes(contents, 0, contents.length);
    new PackIndex(new ArrayList<>(List.of(entries))).encode(out);
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> Pack.read(out.toBytes()))
        .withMessageContaining("not a valid pack")
        .withMessageContaining(why);
  }
}
