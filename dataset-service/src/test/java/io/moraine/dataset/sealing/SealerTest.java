package io.moraine.dataset.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {
  private static final String OLD = "1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  private static final String NEW = "2 BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";

  @TempDir Path directory;

  @Test
  void whatIsSealedForAnOwnerOpensForThatOwnerAlone() throws IOException {
    Sealer sealer = sealer(OLD);
    byte[] sealed = sealer.seal("a secret, ü", "spl1");

    assertThat(sealer.open(sealed, "spl1")).isEqualTo("a secret, ü");
    assertThat(sealer.seal("a secret, ü", "spl1")).isNotEqualTo(sealed);
    assertUnreadable(sealer, sealed, "spl2");
    byte[] flipped = sealed.clone();
    flipped[flipped.length - 1] ^= 1;
    assertUnreadable(sealer, flipped, "spl1");
    assertUnreadable(sealer, new byte[0], "spl1");
  }

  @Test
  void aNewFirstKeySealsAndOldOnesStillOpen() throws IOException {
    Sealer before = sealer(OLD);
    byte[] sealed = before.seal("s", "spl1");
    Sealer after = sealer(NEW + "\n" + OLD);

    assertThat(after.open(sealed, "spl1")).isEqualTo("s");
    byte[] again = after.seal("s", "spl1");
    assertThat(Arrays.copyOf(again, 5)).isEqualTo(after.newestPrefix());
    assertThat(before.newestPrefix()).isEqualTo(Arrays.copyOf(sealed, 5));
    assertUnreadable(before, again, "spl1");
    Sealer rotated = sealer(NEW);
    assertThat(rotated.open(again, "spl1")).isEqualTo("s");
    assertUnreadable(rotated, sealed, "spl1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "1", "0 AAAA", "1 AAAA", "key", OLD + "\n1 short"})
  void aFileThatIsNoListOfKeysIsRefusedWithoutShowingIt(String text) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> sealer(text))
        .withMessageContaining("openssl rand -base64 32")
        .withMessageNotContaining("AAAA");
  }

  @Test
  void twoKeysOfOneNumberAreRefused() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> sealer(OLD + "\n1" + NEW.substring(1)));
  }

  private Sealer sealer(String text) throws IOException {
    return new Sealer(Files.writeString(directory.resolve("provider.key"), text));
  }

  private static void assertUnreadable(Sealer sealer, byte[] sealed, String owner) {
    assertThatExceptionOfType(UnreadableSecretException.class)
        .isThrownBy(() -> sealer.open(sealed, owner))
        .withMessageContaining(owner);
  }
}
