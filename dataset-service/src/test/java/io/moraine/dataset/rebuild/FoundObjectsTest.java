package io.moraine.dataset.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.moraine.content.file.PieceList;
import io.moraine.content.format.ContentId;
import io.moraine.content.format.ContentKind;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.content.pack.PackWriter;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.dataset.content.Location;
import io.moraine.vocabulary.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class FoundObjectsTest {
  private static final byte[] ABC = {'a', 'b', 'c'};

  @Test
  void aPackHoldsWhatItsIndexSaysAndItsBytesAre() {
    PackWriter writer = new PackWriter();
    writer.add(ContentKind.BLOB, ABC);
    writer.add(ContentKind.NODE, new byte[] {0x12, 0});
    byte[] pack = writer.finish().bytes();

    assertThat(FoundObjects.inPack(listed("packs", pack), pack, Assertions::fail))
        .extracting(Location::content, Location::offsetBytes, Location::sizeBytes)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(
                new ContentId(ContentKind.BLOB, Sha256.of(ABC)), 0L, 3L),
            org.assertj.core.api.Assertions.tuple(
                new ContentId(ContentKind.NODE, Sha256.of(new byte[] {0x12, 0})), 3L, 2L));
    for (int i = 0; i < pack.length; i++) {
      byte[] damaged = pack.clone();
      damaged[i] ^= 1;
      if (i == 5 || i == 46) {
        continue; // the kind of a content: a claim that only who refers to it can check
      }
      List<String> left = new ArrayList<>();
      if (i < 5) { // one of the two contents
        assertThat(FoundObjects.inPack(listed("packs", damaged), damaged, left::add)).hasSize(1);
        assertThat(left).singleElement().asString().contains("at byte " + (i < 3 ? 0 : 3));
      } else if (i > 5 && i < 38 || i > 46 && i < 79) { // what its digest is
        assertThat(FoundObjects.inPack(listed("packs", damaged), damaged, left::add)).hasSize(1);
        assertThat(left).hasSize(1);
      } else {
        assertThatExceptionOfType(RuntimeException.class)
            .as("byte %d", i)
            .isThrownBy(() -> FoundObjects.inPack(listed("packs", damaged), damaged, left::add));
      }
    }
  }

  @Test
  void aBlobIsWhatItsNameSaysAndEveryKindThatItCanBeReadAs() {
    assertThat(kinds(ABC)).containsExactly(ContentKind.BLOB);
    assertThat(kinds(new byte[] {0x12, 0})).containsExactly(ContentKind.BLOB, ContentKind.NODE);
    byte[] list =
        new PieceList(Limits.PIECE_BYTES + 1L, List.of(Sha256.of(ABC), Sha256.of(ABC))).encode();
    assertThat(kinds(list)).containsExactly(ContentKind.BLOB, ContentKind.LIST);
    assertThatExceptionOfType(FormatException.class)
        .isThrownBy(() -> FoundObjects.inBlob(listed("blobs", ABC), list));
  }

  private static List<ContentKind> kinds(byte[] bytes) {
    return FoundObjects.inBlob(listed("blobs", bytes), bytes).stream()
        .map(location -> location.content().kind())
        .toList();
  }

  private static Listed listed(String kind, byte[] bytes) {
    Sha256 digest = Sha256.of(bytes);
    String key = "te000000000001/%s/%s/%s".formatted(kind, digest.hex().substring(0, 2), digest);
    return new Listed(key, bytes.length, Instant.EPOCH);
  }
}
