package io.moraine.content.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.vocabulary.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentIdTest {
  @ParameterizedTest
  @EnumSource(ContentKind.class)
  void itsNameIsReadBack(ContentKind kind) {
    ContentId content = new ContentId(kind, Sha256.of(new byte[] {1}));
    assertThat(ContentId.parse(content.text())).isEqualTo(content);
  }

  @Test
  void aBlobsNameIsTheOneOfTheDocument() {
    assertThat(new ContentId(ContentKind.BLOB, Sha256.of(new byte[0])).text())
        .isEqualTo("blob:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "blob", ":", "blob:", "blob:00", "Blob:", "blo:b", "tree:00", "blobs:00"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> ContentId.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
