package io.moraine.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "34049, 34.0 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "5368709120, 5.4 GB",
    "9223372036854775807, 9.2 EB"
  })
  void isReadByPeople(long bytes, String expected) {
    assertThat(ByteSize.of(bytes)).isEqualTo(expected);
  }
}
