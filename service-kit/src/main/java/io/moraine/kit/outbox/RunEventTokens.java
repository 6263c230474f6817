package io.moraine.kit.outbox;

import io.moraine.events.run.RunEvent;

/**
 * Proves the team of run events that the service itself appends: on {@code moraine.runs} nobody is
 * believed without a token. A service that appends any has one bean of this type.
 */
public interface RunEventTokens {
  /**
   * What is to stand in {@code ce_token} of {@code event}, made when it is sent: it may have waited
   * for Kafka. Blocking.
   */
  String token(RunEvent event);
}
