package io.moraine.cli.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.ExitCode;
import io.moraine.content.tree.FileEntry;
import io.moraine.vocabulary.DatasetRef;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VerifyCommandTest {
  private final StringWriter out = new StringWriter();
  private ReadOnlyService service;
  private List<FileEntry> entries;

  @BeforeEach
  void start() throws IOException {
    service = new ReadOnlyService();
    entries = service.holds(Map.of("a", "whole", "b", "gone", "c", "unknown", "d", "wrong"));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private int verify() throws Exception {
    VerifyCommand verify = new VerifyCommand();
    CommandLine command =
        new CommandLine(verify).registerConverter(DatasetRef.class, DatasetRef::parse);
    command.setOut(new PrintWriter(out, true));
    command.parseArgs("faces", "--url=" + service.uri(), "--api-key=k");
    return verify.call();
  }

  @Test
  void aWholeVersionIsDone() throws Exception {
    assertThat(verify()).isZero();
    assertThat(out.toString()).contains("faces:k3v9x2a is whole: 4 files in 4 contents");
  }

  @Test
  void everythingThatIsMissingOrDamagedIsNamed() {
    service.asked = content -> content.equals(entries.get(1).content()) ? 404 : 206;
    service.unknown.put(entries.get(2).content(), true);
    service.bucket.put(entries.get(3).content(), "WRONG".getBytes());
    assertThatThrownBy(this::verify)
        .isInstanceOfSatisfying(
            CommandFailed.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.DAMAGED))
        .hasMessageContaining("3 of its 4 files");
    assertThat(out.toString().lines())
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("b: ").contains("404"),
            line -> assertThat(line).startsWith("c: ").contains("does not have"),
            line -> assertThat(line).startsWith("d: ").contains("damaged"));
  }
}
