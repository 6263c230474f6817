package io.moraine.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "nul\0", "\ud800"})
  void hostilePathsAreRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilePath.of(text))
        .withMessageContaining("path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "...", "a..b", "ü/ß/日本.png", "a\\b", "with space", "\ud83d\ude00"})
  void ordinaryPathsComeBackByteForByte(String text) {
    byte[] bytes = FilePath.of(text).utf8();
    assertThat(FilePath.ofUtf8(bytes, 0, bytes.length)).hasToString(text);
  }

  @Test
  void overlongUtf8IsRefused() {
    byte[] overlongSlash = {'a', (byte) 0xc0, (byte) 0xaf, 'b'};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilePath.ofUtf8(overlongSlash, 0, overlongSlash.length));
  }

  @Test
  void aPathHasAtMost1024Bytes() {
    assertThat(FilePath.of("ü".repeat(512)).utf8()).hasSize(1024);
    assertThatIllegalArgumentException().isThrownBy(() -> FilePath.of("ü".repeat(512) + "a"));
  }

  @Test
  void oneLeadingSlashOfTheOldClientIsStripped() {
    assertThat(FilePath.ofClient("/a/b")).hasToString("a/b");
    assertThatIllegalArgumentException().isThrownBy(() -> FilePath.ofClient("//a"));
  }

  @Test
  void ancestorsAreTheDirectoriesAbove() {
    assertThat(FilePath.of("a/b/c").ancestors())
        .containsExactly(FilePath.of("a"), FilePath.of("a/b"));
    assertThat(FilePath.of("a/b").isBelow(FilePath.of("a"))).isTrue();
    assertThat(FilePath.of("a!").isBelow(FilePath.of("a"))).isFalse();
  }

  @Property
  void pathsAreOrderedAsTheirBytesAre(
      @ForAll @StringLength(min = 1, max = 6) String a,
      @ForAll @StringLength(min = 1, max = 6) String b) {
    FilePath x;
    FilePath y;
    try {
      x = FilePath.of(a);
      y = FilePath.of(b);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(Integer.signum(x.compareTo(y)))
        .isEqualTo(Integer.signum(Arrays.compareUnsigned(x.utf8(), y.utf8())));
  }

  @Test
  void surrogatesSortAboveTheBasicPlane() {
    assertThat(FilePath.of("\ud83d\ude00")).isGreaterThan(FilePath.of("\uffee"));
  }

  @Test
  void newIdsHaveTheirShape() {
    for (int i = 0; i < 1000; i++) {
      assertThat(VersionId.looksLike(VersionId.random().text())).isTrue();
    }
    assertThat(DatasetId.random().text()).hasSize(15).startsWith("dst");
    assertThat(TeamId.random().text()).hasSize(14).startsWith("te");
  }

  @Test
  void aVersionIdHasADigit() {
    assertThat(VersionId.looksLike("abcdefg")).isFalse();
    assertThat(VersionId.looksLike("k3v9x2a")).isTrue();
    assertThat(TagName.looksLike("abcdefg")).isTrue();
    assertThat(TagName.looksLike("k3v9x2a")).isFalse();
    assertThat(TagName.looksLike("latest")).isFalse();
  }

  @Test
  void reservedAndIdShapedDatasetNamesAreRefused() {
    for (String name :
        List.of("ref", "diff", "dst0123456789ab", "Upper", "", "-a", "a".repeat(129))) {
      assertThat(DatasetName.looksLike(name)).as(name).isFalse();
      assertThatIllegalArgumentException().isThrownBy(() -> new DatasetName(name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "faces:latest",
        "faces:prod",
        "faces:k3v9x2a",
        "dst0123456789ab:latest",
        "gradient/mnist:latest",
        "faces@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
      })
  void refsAreWrittenAsTheyWereRead(String text) {
    assertThat(DatasetRef.parse(text)).hasToString(text);
  }

  @Test
  void aBareDatasetMeansLatest() {
    assertThat(DatasetRef.parse("faces").selector()).isEqualTo(new DatasetRef.Latest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "faces:",
        "Faces",
        "a/b/c",
        "faces:UP",
        "faces@sha256:12",
        "../etc:latest"
      })
  void brokenRefsAreRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> DatasetRef.parse(text));
  }

  @Test
  void sha256IsThePlainOne() {
    assertThat(Sha256.of(new byte[0]).hex())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Sha256.ofHex(Sha256.of(new byte[0]).hex())).isEqualTo(Sha256.of(new byte[0]));
  }
}
