package io.moraine.dataset.workflow;

import io.moraine.dataset.token.RunTokens;
import io.moraine.events.run.RunEvent;
import io.moraine.kit.outbox.RunEventTokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Gives a run's event the token of the key that started the run. */
@ApplicationScoped
class WorkflowRunTokens implements RunEventTokens {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WorkflowStore store;
  private final RunTokens tokens;

  WorkflowRunTokens(WorkflowStore store, RunTokens tokens) {
    this.store = store;
    this.tokens = tokens;
  }

  @Override
  public String token(RunEvent event) {
    String keyId =
        store
            .keyId(event.team(), event.run())
            .await()
            .atMost(PATIENCE)
            .orElseThrow(() -> new IllegalStateException("nobody started " + event.run()));
    return tokens.issue(keyId, event.team(), Optional.of(event.run()), RunTokens.LONGEST).token();
  }
}
