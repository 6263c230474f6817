package io.moraine.dataset.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.events.run.InputSpec;
import io.moraine.events.run.JobSpec;
import io.moraine.events.run.SpecType;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecReaderTest {
  private static final String SPEC =
      """
      {"inputs": {"raw": {"type": "dataset", "with": {"ref": "my-data:prod"}},
                  "label": {"type": "string", "with": {"value": "v7"}}},
       "jobs": {
         "prepare": {"uses": "container@v1", "with": {"image": "bash:5"},
                     "inputs": {"raw": "workflow.inputs.raw"},
                     "outputs": {"scratch": {"type": "volume"}}},
         "train": {"needs": ["prepare"],
                   "inputs": {"scratch": "prepare.outputs.scratch", "label": "workflow.inputs.label",
                              "more": {"type": "dataset", "with": {"id": "other"}}},
                   "outputs": {"model": {"type": "dataset", "with": {"ref": "my-models"}},
                               "state": {"type": "string"}}}}}
      """;

  @Test
  void aSpecBecomesJobs() {
    RunSpec read = read(SPEC, "{}");

    assertThat(read.jobs()).extracting(job -> job.job().text()).containsExactly("prepare", "train");
    JobSpec prepare = read.jobs().get(0);
    assertThat(prepare.inputs().get(new RunName("raw")).ref())
        .contains(DatasetRef.parse("my-data:prod"));
    assertThat(prepare.outputs().get(new RunName("scratch")).type()).isEqualTo(SpecType.VOLUME);
    JobSpec train = read.jobs().get(1);
    assertThat(train.needs()).containsExactly(new RunName("prepare"));
    assertThat(train.inputs()).containsOnlyKeys(new RunName("scratch"), new RunName("more"));
    InputSpec scratch = train.inputs().get(new RunName("scratch"));
    assertThat(scratch.type()).isEqualTo(SpecType.VOLUME);
    assertThat(scratch.from()).contains("prepare.scratch");
    assertThat(train.outputs()).containsOnlyKeys(new RunName("model"));
  }

  @Test
  void anInputOfTheRunComesBeforeThatOfTheSpec() {
    for (String given : new String[] {"{\"id\": \"x:y\"}", "{\"with\": {\"ref\": \"x:y\"}}"}) {
      RunSpec read = read(SPEC, "{\"raw\": " + given + "}");
      assertThat(read.jobs().get(0).inputs().get(new RunName("raw")).ref())
          .contains(DatasetRef.parse("x:y"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | no jobs",
        "{\"jobs\": []} | no jobs",
        "{\"jobs\": {\"a\": {\"needs\": [\"b\"]}}} | needs b, which is no job",
        "{\"jobs\": {\"a\": {\"needs\": [\"b\"]}, \"b\": {\"needs\": [\"a\"]}}} | circle",
        "{\"jobs\": {\"a b\": {}}} | name of a job",
        "{\"jobs\": {\"a\": {\"inputs\": {\"x\": \"workflow.inputs.x\"}}}} | no input x",
        "{\"jobs\": {\"a\": {\"inputs\": {\"x\": \"b.outputs.x\"}}}} | neither",
        "{\"jobs\": {\"a\": {\"inputs\": {\"x\": \"b.outputs.x\"}}, \"b\": {\"outputs\": {\"x\": {\"type\": \"volume\"}}}}} | not in its needs",
        "{\"jobs\": {\"a\": {\"inputs\": {\"x\": {\"type\": \"volume\"}}}}} | only a job can write",
        "{\"jobs\": {\"a\": {\"inputs\": {\"x\": {\"type\": \"dataset\"}}}}} | names no dataset",
        "{\"jobs\": {\"a\": {\"inputs\": {\"x\": {}}}}} | needs a type",
        "{\"jobs\": {\"a\": {\"outputs\": {\"x\": {\"type\": \"dataset\", \"with\": {\"ref\": \"d:prod\"}}}}}} | a new version",
        "{\"jobs\": {\"a\": {\"outputs\": {\"x\": {\"type\": \"dataset\", \"with\": {\"ref\": \"n/d\"}}}}}} | can only be read",
        "{\"jobs\": {\"a\": {\"outputs\": {\"x\": {\"type\": \"dataset\", \"with\": {\"ref\": \"D!\"}}}}}} | not valid",
      })
  void whatIsWrongIsSaid(String spec, String reason) {
    assertThatThrownBy(() -> read(spec, "{}")).hasMessageContaining(reason);
  }

  @Test
  void anInputThatTheSpecDoesNotHaveIsRefused() {
    assertThatThrownBy(() -> read(SPEC, "{\"other\": {\"id\": \"x\"}}"))
        .hasMessageContaining("an input other");
  }

  private static RunSpec read(String spec, String given) {
    return new SpecReader(json(spec), json(given)).read();
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
