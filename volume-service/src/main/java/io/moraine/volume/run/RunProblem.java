package io.moraine.volume.run;

import io.moraine.kit.problem.Problem;
import io.moraine.vocabulary.RunName;
import java.util.Collection;

/** What can be refused about runs. */
sealed interface RunProblem extends Problem {
  /** A job has no mounts yet. */
  record NotReady(RunName run, RunName job) implements RunProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "run/not-ready";
    }

    @Override
    public String detail() {
      return "Job %s of run %s is not ready, so nothing is mounted for it yet. GET /runs/%s says what it waits for; the event JobReady tells when."
          .formatted(job, run, run);
    }
  }

  /** A job has to be named. */
  record WhichJob(RunName run, Collection<RunName> jobs) implements RunProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "run/which-job";
    }

    @Override
    public String detail() {
      return "Run %s has %d jobs: name one by ?job=. They are %s."
          .formatted(run, jobs.size(), jobs);
    }
  }
}
