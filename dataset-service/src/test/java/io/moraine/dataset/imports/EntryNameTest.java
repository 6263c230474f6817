package io.moraine.dataset.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryNameTest {
  private static final int MOST = 5;

  @ParameterizedTest
  @CsvSource({"a, a", "./a, a", "a//b, a/b", "a/./b, a/b", "a..b, a..b", "..., ...", "a\\b, a\\b"})
  void whatIsHarmlessIsMadeAPath(String name, String path) {
    assertThat(EntryName.path("", name, MOST)).hasToString(path);
    assertThat(EntryName.path("x/y", name, MOST)).hasToString("x/y/" + path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "../a",
        "a/..",
        "a/../b",
        "..\\a",
        "a\\..\\b",
        "a/..\\b",
        "/a",
        "\\a",
        "\\\\host\\a",
        "C:\\a",
        "c:a",
        "",
        ".",
        "./",
        "a\0b",
        "a\uFFFDb",
        "1/2/3/4/5/6"
      })
  void whatIsNotIsRefused(String name) {
    assertThatExceptionOfType(ImportFailedException.class)
        .isThrownBy(() -> EntryName.path("", name, MOST))
        .withMessageContaining("cannot be imported");
  }

  @Test
  void whatIsTooLongForAPathIsRefused() {
    assertThatExceptionOfType(ImportFailedException.class)
        .isThrownBy(() -> EntryName.path("", "a".repeat(1025), MOST))
        .withMessageContaining("1024");
  }
}
