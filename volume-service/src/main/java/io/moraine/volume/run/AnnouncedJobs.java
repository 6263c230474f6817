package io.moraine.volume.run;

import io.moraine.events.run.InputSpec;
import io.moraine.events.run.JobSpec;
import io.moraine.events.run.OutputSpec;
import io.moraine.events.run.RunAnnouncement;
import io.moraine.events.run.SpecType;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs of an announcement, their names for one another resolved, and everything that is wrong
 * with them whatever exists. Immutable.
 *
 * @param jobs in the order of the announcement
 * @param reasons why they can never be made ready; empty when nothing is wrong
 */
record AnnouncedJobs(List<Job> jobs, List<String> reasons) {
  /**
   * @param needs the jobs that have to succeed before, those included whose outputs it reads
   * @param from for each input that reads an output of another job, which one
   */
  record Job(JobSpec spec, Set<RunName> needs, Map<RunName, Source> from) {}

  /** An output of a job. */
  record Source(RunName job, RunName output) {}

  AnnouncedJobs {
    jobs = List.copyOf(jobs);
    reasons = List.copyOf(reasons);
  }

  static AnnouncedJobs of(RunAnnouncement announcement) {
    return new Reading(announcement.effectiveJobs()).read();
  }

  /** One reading; collects reasons on its way. */
  private static final class Reading {
    private final List<JobSpec> specs;
    private final Map<RunName, JobSpec> byName = new LinkedHashMap<>();
    private final List<String> reasons = new ArrayList<>();

    private Reading(List<JobSpec> specs) {
      this.specs = specs;
    }

    private AnnouncedJobs read() {
      for (JobSpec spec : specs) {
        if (byName.put(spec.job(), spec) != null) {
          reasons.add(
              "Job %s is named twice; give each job a name of its own.".formatted(spec.job()));
        }
      }
      List<Job> jobs = byName.values().stream().map(this::read).toList();
      if (reasons.isEmpty()) {
        refuseCircles(jobs);
      }
      return new AnnouncedJobs(jobs, reasons);
    }

    private Job read(JobSpec spec) {
      Set<RunName> needs = new LinkedHashSet<>(spec.needs());
      spec.needs().stream()
          .filter(need -> !byName.containsKey(need))
          .forEach(
              need ->
                  reasons.add(
                      "Job %s needs job %s, which the run does not have."
                          .formatted(spec.job(), need)));
      Map<RunName, Source> from = new LinkedHashMap<>();
      spec.inputs()
          .forEach(
              (name, input) ->
                  source(spec.job(), name, input)
                      .ifPresent(
                          source -> {
                            from.put(name, source);
                            needs.add(source.job());
                          }));
      spec.outputs().forEach((name, output) -> checkOutput(spec.job(), name, output));
      return new Job(spec, needs, from);
    }

    private Optional<Source> source(RunName job, RunName name, InputSpec input) {
      if (!input.paths().isEmpty()) {
        reasons.add(
            "Input %s of job %s asks for some paths alone, and inputs are given whole: leave paths out."
                .formatted(name, job));
      }
      if (input.from().isPresent()) {
        return written(job, name, input);
      }
      if (input.type() == SpecType.VOLUME) {
        reasons.add(
            "Input %s of job %s is a volume, which only another job can write: name that by from, as job.output."
                .formatted(name, job));
      }
      return Optional.empty();
    }

    /** Names may hold dots themselves, so the outputs that are there decide where to cut. */
    private Optional<Source> written(RunName job, RunName name, InputSpec input) {
      String from = input.from().orElseThrow();
      List<Source> sources =
          byName.values().stream()
              .flatMap(
                  other ->
                      other.outputs().keySet().stream()
                          .map(output -> new Source(other.job(), output)))
              .filter(source -> from.equals(source.job() + "." + source.output()))
              .toList();
      if (sources.size() != 1) {
        reasons.add(
            "Input %s of job %s reads from %s, which %s."
                .formatted(
                    name,
                    job,
                    from,
                    sources.isEmpty()
                        ? "is no output of a job of this run"
                        : "may be " + sources.size() + " different outputs; rename one"));
        return Optional.empty();
      }
      Source source = sources.get(0);
      SpecType written = byName.get(source.job()).outputs().get(source.output()).type();
      if (written != input.type()) {
        reasons.add(
            "Input %s of job %s reads from %s as a %s, but that is a %s."
                .formatted(name, job, from, said(input.type()), said(written)));
      }
      return Optional.of(source);
    }

    private void checkOutput(RunName job, RunName name, OutputSpec output) {
      if (output.type() == SpecType.VOLUME) {
        return;
      }
      if (output.ref().isEmpty()) {
        reasons.add("Output %s of job %s names no dataset: give its ref.".formatted(name, job));
        return;
      }
      DatasetRef ref = output.ref().get();
      if (!(ref.selector() instanceof DatasetRef.Latest)) {
        reasons.add(
            "Output %s of job %s names the version %s, but an output becomes a new version: name the dataset %s alone."
                .formatted(name, job, ref, ref.dataset()));
      }
      if (ref.namespace().isPresent()) {
        reasons.add(
            "Output %s of job %s names %s: what is public can only be read. Name a dataset of your team."
                .formatted(name, job, ref));
      }
    }

    private void refuseCircles(List<Job> jobs) {
      Set<RunName> startable = new HashSet<>();
      List<Job> left = new ArrayList<>(jobs);
      while (left.removeIf(
          job -> startable.containsAll(job.needs()) && startable.add(job.spec().job()))) {
        // Each round lets those start whose needs can.
      }
      if (!left.isEmpty()) {
        reasons.add(
            "The jobs %s wait for one another and none can start; break the circle in their needs and froms."
                .formatted(left.stream().map(job -> job.spec().job().text()).toList()));
      }
    }

    private static String said(SpecType type) {
      return type == SpecType.DATASET ? "dataset" : "volume";
    }
  }
}
