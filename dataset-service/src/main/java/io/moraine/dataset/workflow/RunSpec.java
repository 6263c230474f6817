package io.moraine.dataset.workflow;

import io.moraine.events.run.JobSpec;
import java.util.List;

/** What a workflow's spec means to storage; nothing is wrong with it. */
record RunSpec(List<JobSpec> jobs) {
  RunSpec {
    jobs = List.copyOf(jobs);
  }
}
