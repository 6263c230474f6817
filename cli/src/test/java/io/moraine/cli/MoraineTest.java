package io.moraine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MoraineTest {
  private final StringWriter err = new StringWriter();
  private final StringWriter out = new StringWriter();

  private int execute(String... args) {
    CommandLine moraine = Moraine.commandLine();
    moraine.setErr(new PrintWriter(err, true));
    moraine.setOut(new PrintWriter(out, true));
    return moraine.execute(args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run --input raw -- true               | not of the form NAME=REF
          run --input raw=Faces -- true         | dataset name
          run --input ../x=faces -- true        | name
          run --volume a/b -- true              | name
          run --tag latest -- true              | reserved
          run --input a=x --input a=y -- true   | --input names a twice
          run --output a=x --volume a -- true   | a is the name of an output and of a volume
          run --output a=x:prod -- true         | names a version
          run --input raw=faces                 | Missing required parameter: 'COMMAND'
          runn                                  | Unmatched argument
          push                                  | Missing required parameters
          push . Faces                          | dataset name
          push . faces:k3v9x2a --api-key=x      | names a version
          pull faces                            | Missing required parameter: 'DIR'
          import ftp://x faces                  | is neither a directory
          import . faces --cancel               | takes the id of an import
          import http://h/x faces:k3v9x2a       | names a version
          tag faces                             | TAG is missing
          tag --delete faces                    | takes DATASET:TAG
          files get faces ../x                  | not allowed
          """)
  void wrongUsageSaysWhatIsWrongAndEndsWith2(String line, String expected) {
    assertThat(execute(line.strip().split(" +"))).isEqualTo(2);
    assertThat(err.toString()).contains(expected).contains("--help").doesNotContain("Exception");
  }

  @Test
  void aServiceThatIsAwayIsOneLineAndEndsWith1() {
    int exitCode =
        execute("run", "--dataset-url=http://127.0.0.1:1", "--api-key=mk_x_y", "--", "true");

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString().lines())
        .hasSize(2)
        .last()
        .asString()
        .contains("dataset-service does not answer at http://127.0.0.1:1", "moraine up");
  }

  @Test
  void helpNamesTheExitCodes() {
    assertThat(execute("run", "--help")).isZero();
    assertThat(out.toString()).contains("130", "--no-sandbox", "MORAINE_INPUTS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "push",
        "pull",
        "import",
        "diff",
        "log",
        "datasets",
        "verify",
        "tag",
        "config",
        "s3"
      })
  void everyCommandExplainsItself(String command) {
    assertThat(execute(command, "--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: moraine " + command).contains("--json");
  }

  @Test
  void helpOfDataCommandsNamesTheirExitCodes() {
    assertThat(execute("pull", "--help")).isZero();
    assertThat(out.toString()).contains("3   there is no such dataset", "5   bytes are not");
  }

  @Test
  void completionKnowsEveryCommand() {
    assertThat(execute("completion")).isZero();
    assertThat(out.toString()).contains("complete -F", "push", "verify", "--rehash");
  }

  @Test
  void whatCannotBePrintedIsNotDone() throws IOException {
    CommandLine moraine = Moraine.commandLine();
    moraine.setErr(new PrintWriter(err, true));
    try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
      assertThat(Moraine.execute(moraine, full, "completion")).isEqualTo(1);
    }
    assertThat(err.toString().lines()).singleElement().asString().contains("standard output");
    assertThat(Moraine.execute(moraine, OutputStream.nullOutputStream(), "completion")).isZero();
  }

  @Test
  void aServiceThatRefusesTheConnectionIsAFailure() {
    assertThat(execute("datasets", "--url=http://127.0.0.1:1", "--api-key=mk_x_y")).isEqualTo(1);
    assertThat(err.toString().lines()).singleElement().asString().contains("does not answer");
  }
}
