package io.moraine.dataset.idempotency;

/** Ends a request that was carried out before, with its answer. */
public final class AnsweredBeforeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient KeptAnswer answer;

  AnsweredBeforeException(KeptAnswer answer) {
    super("answered before", null, false, false);
    this.answer = answer;
  }

  KeptAnswer answer() {
    return answer;
  }
}
