package io.moraine.volume.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.moraine.events.EventCodec;
import io.moraine.events.UnreadableEventException;
import io.moraine.events.run.RunStarted;
import io.moraine.vocabulary.RunName;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnnouncedJobsTest {
  private static final EventCodec CODEC = new EventCodec();

  /** Reads the jobs of a run, written in JSON with single quotes. */
  private static AnnouncedJobs read(String members) {
    String json = "{'team': 'te0123456789ab', 'run': 'r', " + members + "}";
    try {
      return AnnouncedJobs.of(
          (RunStarted)
              CODEC.decode(
                  "io.moraine.run.RunStarted.v1",
                  json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    } catch (UnreadableEventException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRunWithoutJobsHasTheJobMain() {
    AnnouncedJobs read = read("'inputs': {'raw': {'type': 'dataset', 'ref': 'faces'}}");

    assertThat(read.reasons()).isEmpty();
    assertThat(read.jobs())
        .singleElement()
        .extracting(job -> job.spec().job())
        .isEqualTo(RunName.MAIN);
  }

  @Test
  void readingAnOutputNeedsItsJobWhateverDotsTheNamesHold() {
    AnnouncedJobs read =
        read(
            """
            'jobs': [
              {'job': 'a.b', 'outputs': {'c.d': {'type': 'volume'}}},
              {'job': 'x', 'inputs': {'in': {'type': 'volume', 'from': 'a.b.c.d'}}}]
            """);

    assertThat(read.reasons()).isEmpty();
    assertThat(read.jobs().get(1).needs()).containsExactly(new RunName("a.b"));
    assertThat(read.jobs().get(1).from())
        .containsEntry(
            new RunName("in"), new AnnouncedJobs.Source(new RunName("a.b"), new RunName("c.d")));
  }

  @Test
  void aPartOfAnInputIsNotGivenSilentlyWhole() {
    assertThat(
            read("'inputs': {'raw': {'type': 'dataset', 'ref': 'faces', 'paths': ['train/**']}}")
                .reasons())
        .singleElement()
        .asString()
        .contains("leave paths out");
  }

  @Test
  void everyReasonIsNamedAtOnce() {
    AnnouncedJobs read =
        read(
            """
            'jobs': [
              {'job': 'a', 'needs': ['nobody'],
               'inputs': {'v': {'type': 'volume', 'ref': 'faces'}, 'w': {'type': 'dataset', 'from': 'a.nothing'}},
               'outputs': {'m': {'type': 'dataset'}, 'n': {'type': 'dataset', 'ref': 'model:v1'},
                           'p': {'type': 'dataset', 'ref': 'someone/model'}, 's': {'type': 'volume'}}},
              {'job': 'b', 'inputs': {'s': {'type': 'dataset', 'from': 'a.s'}}}, {'job': 'a'}]
            """
                .replace("{'job': 'a'}", "{'job': 'c'}, {'job': 'c'}"));

    assertThat(read.reasons())
        .anyMatch(r -> r.contains("Job c is named twice"))
        .anyMatch(r -> r.contains("Job a needs job nobody"))
        .anyMatch(r -> r.contains("Input v of job a is a volume"))
        .anyMatch(r -> r.contains("a.nothing") && r.contains("no output"))
        .anyMatch(r -> r.contains("Output m of job a names no dataset"))
        .anyMatch(r -> r.contains("Output n of job a names the version model:v1"))
        .anyMatch(r -> r.contains("Output p of job a names someone/model"))
        .anyMatch(r -> r.contains("Input s of job b reads from a.s as a dataset"))
        .hasSize(8);
  }

  @Test
  void jobsThatWaitForOneAnotherAreRefused() {
    AnnouncedJobs read =
        read(
            """
            'jobs': [
              {'job': 'first'},
              {'job': 'a', 'needs': ['first'], 'inputs': {'i': {'type': 'volume', 'from': 'b.v'}}},
              {'job': 'b', 'needs': ['a'], 'outputs': {'v': {'type': 'volume'}}}]
            """);

    assertThat(read.reasons()).singleElement().asString().contains("[a, b]");
  }

  @Test
  void aJobCannotReadWhatItWrites() {
    AnnouncedJobs read =
        read(
            "'inputs': {'i': {'type': 'volume', 'from': 'main.v'}}, 'outputs': {'v': {'type': 'volume'}}");

    assertThat(read.reasons()).singleElement().asString().contains("[main]");
  }

  @Test
  void anAmbiguousSourceIsRefused() {
    AnnouncedJobs read =
        read(
            """
            'jobs': [
              {'job': 'a.b', 'outputs': {'c': {'type': 'volume'}}}, {'job': 'a', 'outputs': {'b.c': {'type': 'volume'}}},
              {'job': 'x', 'inputs': {'in': {'type': 'volume', 'from': 'a.b.c'}}}]
            """);

    assertThat(read.reasons()).singleElement().asString().contains("2 different outputs");
  }
}
