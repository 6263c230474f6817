package io.moraine.dataset.workflow;

import io.moraine.vocabulary.TeamId;
import java.time.Instant;

/**
 * A named line of runs.
 *
 * @param projectId whatever its team calls its projects; empty for none
 */
record Workflow(String id, String name, String projectId, TeamId teamId, Instant dtCreated) {}
