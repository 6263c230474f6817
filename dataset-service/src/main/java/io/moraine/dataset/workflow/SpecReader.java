package io.moraine.dataset.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.moraine.events.run.InputSpec;
import io.moraine.events.run.JobSpec;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.SpecType;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads a Gradient workflow spec ({@code gradient-semantics} section 4): {@code inputs} of the
 * workflow, {@code jobs} with {@code needs}, {@code inputs} (an alias {@code workflow.inputs.X} or
 * {@code job.outputs.X}, or {@code {type, with}}) and {@code outputs}. {@code with.ref} and {@code
 * with.id} mean the same. Collects everything that is wrong. For one use.
 */
final class SpecReader {
  private static final int MOST_JOBS = 1_000;
  private static final int MOST_NAMES = 100;
  private static final int LONGEST_REF = 400;
  private static final int LONGEST_MESSAGE = 4_096;
  private static final String WORKFLOW_INPUT = "workflow.inputs.";
  private static final String JOB_OUTPUT = ".outputs.";

  private final JsonNode spec;
  private final JsonNode given;
  private final List<String> reasons = new ArrayList<>();

  /**
   * @param given inputs of this run, {@code {name: {ref | id | value}}}
   */
  SpecReader(JsonNode spec, JsonNode given) {
    this.spec = spec == null ? MissingNode.getInstance() : spec;
    this.given = given == null ? MissingNode.getInstance() : given;
  }

  /** Fails with {@link WorkflowProblem.InvalidSpec}. */
  RunSpec read() {
    JsonNode jobs = spec.path("jobs");
    if (!jobs.isObject() || jobs.isEmpty()) {
      reasons.add("The spec has no jobs: name at least one below jobs.");
    } else if (jobs.size() > MOST_JOBS) {
      reasons.add(
          "%d jobs are too many for a run; the most is %d.".formatted(jobs.size(), MOST_JOBS));
    }
    refuseUnknownInputs();
    List<JobSpec> read = new ArrayList<>();
    if (reasons.isEmpty()) {
      jobs.fields().forEachRemaining(job -> job(job.getKey(), job.getValue()).ifPresent(read::add));
    }
    if (reasons.isEmpty()) {
      refuseCircles(read);
    }
    if (!reasons.isEmpty()) {
      throw new WorkflowProblem.InvalidSpec(List.copyOf(reasons)).exception();
    }
    return new RunSpec(read);
  }

  private void refuseUnknownInputs() {
    given
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!spec.path("inputs").has(name)) {
                reasons.add(
                    "The run is given an input %s, which the spec does not have.".formatted(name));
              }
            });
  }

  private Optional<JobSpec> job(String name, JsonNode job) {
    Optional<RunName> called = name("job", name);
    List<RunName> needs = needs(name, job.path("needs"));
    Map<RunName, InputSpec> inputs = new LinkedHashMap<>();
    Map<RunName, OutputSpec> outputs = new LinkedHashMap<>();
    each(name, "input", job.path("inputs"))
        .forEach((key, value) -> input(name, needs, key, value).ifPresent(i -> inputs.put(key, i)));
    each(name, "output", job.path("outputs"))
        .forEach((key, value) -> output(name, key, value).ifPresent(o -> outputs.put(key, o)));
    return called.map(n -> new JobSpec(n, needs, inputs, outputs));
  }

  private List<RunName> needs(String job, JsonNode needs) {
    List<RunName> read = new ArrayList<>();
    for (JsonNode need : needs.isTextual() ? List.of(needs) : needs) {
      if (!spec.path("jobs").has(need.asText())) {
        reasons.add("Job %s needs %s, which is no job of this spec.".formatted(job, need.asText()));
      } else {
        name("job", need.asText()).ifPresent(read::add);
      }
    }
    if (read.size() > MOST_NAMES) {
      reasons.add("Job %s needs %d jobs; the most is %d.".formatted(job, read.size(), MOST_NAMES));
    }
    return read;
  }

  private Map<RunName, JsonNode> each(String job, String what, JsonNode named) {
    Map<RunName, JsonNode> all = new LinkedHashMap<>();
    if (named.size() > MOST_NAMES) {
      reasons.add(
          "Job %s has %d %ss; the most is %d.".formatted(job, named.size(), what, MOST_NAMES));
      return all;
    }
    named
        .fields()
        .forEachRemaining(
            field -> name(what, field.getKey()).ifPresent(n -> all.put(n, field.getValue())));
    return all;
  }

  /** None for a string, which is the engine's to bring. */
  private Optional<InputSpec> input(String job, List<RunName> needs, RunName name, JsonNode input) {
    String where = "Input %s of job %s".formatted(name, job);
    if (!input.isTextual()) {
      return dataset(where, input, MissingNode.getInstance());
    }
    String alias = input.textValue();
    if (alias.startsWith(WORKFLOW_INPUT)) {
      String key = alias.substring(WORKFLOW_INPUT.length());
      JsonNode of = spec.path("inputs").path(key);
      if (of.isMissingNode()) {
        reasons.add("%s is %s, but the spec has no input %s.".formatted(where, alias, key));
        return Optional.empty();
      }
      return dataset("Input " + key, of, given.path(key));
    }
    return written(where, needs, alias);
  }

  /** Job names may hold dots, so the jobs that are there decide where to cut. */
  private Optional<InputSpec> written(String where, List<RunName> needs, String alias) {
    for (int cut = alias.indexOf(JOB_OUTPUT); cut >= 0; cut = alias.indexOf(JOB_OUTPUT, cut + 1)) {
      String job = alias.substring(0, cut);
      String output = alias.substring(cut + JOB_OUTPUT.length());
      JsonNode found = spec.path("jobs").path(job).path("outputs").path(output);
      if (!found.isMissingNode()) {
        return written(where, needs, job, output, found.path("type").asText());
      }
    }
    reasons.add(
        "%s is \"%s\", which is neither workflow.inputs.NAME nor JOB.outputs.NAME of a job of this spec."
            .formatted(where, alias));
    return Optional.empty();
  }

  private Optional<InputSpec> written(
      String where, List<RunName> needs, String job, String output, String type) {
    if (needs.stream().noneMatch(need -> need.text().equals(job))) {
      reasons.add(
          "%s is written by job %s, which is not in its needs: add it there."
              .formatted(where, job));
    }
    if (type.equals("string")) {
      return Optional.empty();
    }
    SpecType read = type.equals("volume") ? SpecType.VOLUME : SpecType.DATASET;
    return Optional.of(
        new InputSpec(read, Optional.empty(), Optional.of(job + "." + output), List.of()));
  }

  /**
   * @param over what this run is given instead of the input's {@code with}
   */
  private Optional<InputSpec> dataset(String where, JsonNode input, JsonNode over) {
    JsonNode with =
        over.isObject() ? over.has("with") ? over.path("with") : over : input.path("with");
    switch (input.path("type").asText()) {
      case "dataset":
        return ref(where, with)
            .map(
                ref ->
                    new InputSpec(SpecType.DATASET, Optional.of(ref), Optional.empty(), List.of()));
      case "string":
        if (!with.has("value")) {
          reasons.add(where + " is a string without a value: give it with.value.");
        }
        return Optional.empty();
      case "volume":
        reasons.add(
            where + " is a volume, which only a job can write: use JOB.outputs.NAME as the input.");
        return Optional.empty();
      default:
        reasons.add(where + " needs a type: dataset or string.");
        return Optional.empty();
    }
  }

  private Optional<DatasetRef> ref(String where, JsonNode with) {
    String text = with.path("ref").asText(with.path("id").asText(""));
    if (text.isEmpty()) {
      reasons.add(
          where + " names no dataset: give its ref in with.ref, or as an input of the run.");
      return Optional.empty();
    }
    try {
      if (text.length() <= LONGEST_REF) {
        return Optional.of(DatasetRef.parse(text));
      }
      reasons.add(where + " has a ref of more than " + LONGEST_REF + " characters.");
    } catch (IllegalArgumentException e) {
      reasons.add(where + ": " + e.getMessage());
    }
    return Optional.empty();
  }

  private Optional<OutputSpec> output(String job, RunName name, JsonNode output) {
    String where = "Output %s of job %s".formatted(name, job);
    return switch (output.path("type").asText()) {
      case "dataset" -> datasetOutput(where, output.path("with"));
      case "volume" -> Optional.of(plain(SpecType.VOLUME, Optional.empty()));
      case "string" -> Optional.empty();
      default -> {
        reasons.add(where + " needs a type: dataset, volume or string.");
        yield Optional.empty();
      }
    };
  }

  private Optional<OutputSpec> datasetOutput(String where, JsonNode with) {
    Optional<DatasetRef> ref = ref(where, with);
    if (ref.isEmpty()) {
      return Optional.empty();
    }
    if (ref.get().namespace().isPresent()) {
      reasons.add(
          "%s is %s: what is public can only be read. Name a dataset of your team."
              .formatted(where, ref.get()));
      return Optional.empty();
    }
    if (!(ref.get().selector() instanceof DatasetRef.Latest)) {
      reasons.add(
          "%s names the version %s, but an output becomes a new version: name the dataset %s alone."
              .formatted(where, ref.get(), ref.get().dataset()));
      return Optional.empty();
    }
    String message = with.path("message").asText("");
    if (message.length() > LONGEST_MESSAGE) {
      reasons.add(where + " has a message of more than 4,096 characters.");
    }
    return Optional.of(
        new OutputSpec(
            SpecType.DATASET,
            ref,
            message.isEmpty() ? Optional.empty() : Optional.of(message),
            tags(where, with.path("tags")),
            OptionalLong.empty()));
  }

  private List<TagName> tags(String where, JsonNode tags) {
    List<TagName> read = new ArrayList<>();
    for (JsonNode tag : tags) {
      try {
        read.add(new TagName(tag.asText()));
      } catch (IllegalArgumentException e) {
        reasons.add(where + ": " + e.getMessage());
      }
    }
    if (read.size() > MOST_NAMES) {
      reasons.add("%s has %d tags; the most is %d.".formatted(where, read.size(), MOST_NAMES));
    }
    return read;
  }

  private static OutputSpec plain(SpecType type, Optional<DatasetRef> ref) {
    return new OutputSpec(type, ref, Optional.empty(), List.of(), OptionalLong.empty());
  }

  private Optional<RunName> name(String what, String text) {
    try {
      return Optional.of(new RunName(text));
    } catch (IllegalArgumentException e) {
      reasons.add("As the name of a %s, %s".formatted(what, e.getMessage()));
      return Optional.empty();
    }
  }

  private void refuseCircles(List<JobSpec> jobs) {
    Set<RunName> startable = new HashSet<>();
    List<JobSpec> left = new ArrayList<>(jobs);
    while (left.removeIf(job -> startable.containsAll(job.needs()) && startable.add(job.job()))) {
      // Each round lets those start whose needs can.
    }
    if (!left.isEmpty()) {
      reasons.add(
          "The jobs %s wait for one another and none can start; break the circle in their needs."
              .formatted(left.stream().map(job -> job.job().text()).toList()));
    }
  }
}
