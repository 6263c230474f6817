package io.moraine.content.file;

import static io.moraine.content.format.Limits.PIECE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.moraine.content.HostileBytes;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.vocabulary.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesAsContentsTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 65_536, 65_537, PIECE_BYTES, PIECE_BYTES + 1L, 2L * PIECE_BYTES + 5})
  void cuttingAndDigestingAgreeAndReadingGivesTheFileBack(long size) throws IOException {
    List<Integer> lengths = new ArrayList<>();
    List<Sha256> pieces = new ArrayList<>();
    CutFile cut =
        new FileCutter()
            .cut(
                new RepeatingStream(0, size),
                size,
                (buffer, length, sha256) -> {
                  assertThat(sha256).isEqualTo(Sha256.of(buffer, 0, length));
                  lengths.add(length);
                  pieces.add(sha256);
                });

    assertThat(FileCutter.digest(new RepeatingStream(0, size), OutputStream.nullOutputStream()))
        .isEqualTo(cut);
    assertThat(lengths.stream().mapToLong(Integer::longValue).sum()).isEqualTo(size);
    assertThat(cut.sizeBytes()).isEqualTo(size);
    assertThat(cut.pieces().isPresent()).isEqualTo(size > PIECE_BYTES);
    assertThat(cut.pieces().map(PieceList::pieces).orElse(pieces)).isEqualTo(pieces);
    if (size <= PIECE_BYTES) {
      assertThat(cut.content()).isEqualTo(new ContentId(ContentKind.BLOB, cut.fileSha256()));
    }

    FileReader reader = new FileReader(source(cut, size));
    try (InputStream in = reader.open(cut.content(), size)) {
      assertThat(FileCutter.digest(in, OutputStream.nullOutputStream())).isEqualTo(cut);
    }
  }

  @Test
  void aRangeAcrossPiecesGivesExactlyItsBytes() throws IOException {
    long size = 2L * PIECE_BYTES + 5;
    CutFile cut = FileCutter.digest(new RepeatingStream(0, size), OutputStream.nullOutputStream());
    FileReader reader = new FileReader(source(cut, size));
    for (long[] range :
        new long[][] {
          {0, 0}, {0, 10}, {PIECE_BYTES - 3, 6}, {2L * PIECE_BYTES - 1, 6}, {size, 0}, {size - 1, 1}
        }) {
      try (InputStream in = reader.open(cut.content(), size, range[0], range[1])) {
        assertThat(in.readAllBytes())
            .isEqualTo(new RepeatingStream(range[0], range[1]).readAllBytes());
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> reader.open(cut.content(), size, size, 1))
        .withMessageContaining("not within");
  }

  @Test
  void digestCopiesWhatItReads() throws IOException {
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    CutFile cut = FileCutter.digest(new RepeatingStream(0, 100_000), copy);
    assertThat(Sha256.of(copy.toByteArray())).isEqualTo(cut.fileSha256());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 11})
  void aBodyOfAnotherLengthThanAnnouncedIsNoFile(long announced) {
    assertThatExceptionOfType(WrongLengthException.class)
        .isThrownBy(
            () -> new FileCutter().cut(new RepeatingStream(0, 10), announced, (b, l, s) -> {}))
        .withMessageContaining("announced with " + announced);
  }

  @Test
  void anUnknownLengthEndsWithTheStream() throws IOException {
    CutFile cut =
        new FileCutter()
            .cut(new RepeatingStream(0, 10), FileCutter.UNKNOWN_LENGTH, (b, l, s) -> {});
    assertThat(cut.sizeBytes()).isEqualTo(10);
  }

  @Test
  void aDamagedContentNeverEndsWell() throws IOException {
    byte[] right = new RepeatingStream(0, 1000).readAllBytes();
    ContentId content = new ContentId(ContentKind.BLOB, Sha256.of(right));
    byte[] wrong = right.clone();
    wrong[500] ^= 1;
    corrupt(content, wrong, "its bytes have the SHA-256 " + Sha256.of(wrong));
    corrupt(content, new byte[10], "ended after 10 of 1000");
    ContentId empty = new ContentId(ContentKind.BLOB, Sha256.of(new byte[] {1}));
    assertThatExceptionOfType(CorruptContentException.class)
        .isThrownBy(
            () ->
                new FileReader((c, o, l) -> InputStream.nullInputStream())
                    .open(empty, 0)
                    .readAllBytes());
  }

  @Test
  void aListThatIsAnotherFilesIsRefused() {
    PieceList list =
        new PieceList(PIECE_BYTES + 1L, Collections.nCopies(2, Sha256.of(new byte[0])));
    byte[] bytes = list.encode();
    ContentId content = PieceList.contentOf(bytes);
    FileReader reader = new FileReader((c, o, l) -> new ByteArrayInputStream(bytes));
    assertThatExceptionOfType(CorruptContentException.class)
        .isThrownBy(() -> reader.open(content, PIECE_BYTES + 2L))
        .withMessageContaining("33554433 bytes, not 33554434");
  }

  @Property(tries = 1500, edgeCases = EdgeCasesMode.NONE)
  void damagedListsAreRefusedOrTheOnlyEncodingOfWhatTheySay(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int full) {
    Random random = new Random(seed);
    List<Sha256> pieces = new ArrayList<>();
    for (int i = 0; i <= full; i++) {
      pieces.add(Sha256.of(new byte[] {(byte) random.nextInt()}));
    }
    long size = (long) full * PIECE_BYTES + 1 + random.nextInt(PIECE_BYTES);
    PieceList list = new PieceList(size, pieces);
    assertThat(list.encode()).hasSize(PieceList.encodedBytes(size));
    HostileBytes.check(list.encode(), random, PieceList::decode, PieceList::encode);
  }

  @Test
  void aListThatClaimsMorePiecesThanItHasAllocatesNothing() {
    byte[] bytes = {0x11, -1, -1, -1, -1, -1, 7}; // just under 32 TiB
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> PieceList.decode(bytes))
        .withMessageContaining("more bytes are needed, 0 left");
  }

  private static void corrupt(ContentId content, byte[] comes, String why) {
    FileReader reader = new FileReader((c, o, l) -> new ByteArrayInputStream(comes));
    assertThatExceptionOfType(CorruptContentException.class)
        .isThrownBy(() -> reader.open(content, 1000).readAllBytes())
        .withMessageContaining(why)
        .withMessageContaining(content.toString());
  }

  private static BlobSource source(CutFile cut, long size) {
    return (content, offset, length) -> {
      if (content.kind() == ContentKind.LIST) {
        return new ByteArrayInputStream(cut.pieces().orElseThrow().encode());
      }
      int index = cut.pieces().map(list -> list.pieces().indexOf(content.sha256())).orElse(0);
      return new RepeatingStream((long) index * PIECE_BYTES + offset, length);
    };
  }
}
