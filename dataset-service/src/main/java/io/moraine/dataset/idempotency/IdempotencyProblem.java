package io.moraine.dataset.idempotency;

import io.moraine.kit.problem.Problem;

/** Why a request that names an Idempotency-Key is not carried out, or not again. */
sealed interface IdempotencyProblem extends Problem {
  /** It can be no key. */
  record NoKey(int most) implements IdempotencyProblem {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String type() {
      return "idempotency/no-key";
    }

    @Override
    public String detail() {
      return "An Idempotency-Key has 1 to %d printable ASCII characters; a random UUID will do."
          .formatted(most);
    }
  }

  /** The key was given to another request. */
  record KeyReused(String key) implements IdempotencyProblem {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String type() {
      return "idempotency/key-reused";
    }

    @Override
    public String detail() {
      return "The Idempotency-Key %s was given to another request within a day; each request needs a key of its own."
          .formatted(key);
    }
  }

  /** The same request is being carried out. */
  record UnderWay(String key) implements IdempotencyProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "idempotency/under-way";
    }

    @Override
    public String detail() {
      return "The request with the Idempotency-Key %s is still being carried out; send it again in a moment for its answer."
          .formatted(key);
    }
  }

  /** The request was carried out or not: whoever did it did not live to say. */
  record OutcomeUnknown(String key) implements IdempotencyProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "idempotency/outcome-unknown";
    }

    @Override
    public String detail() {
      return "The request with the Idempotency-Key %s was interrupted before its answer was kept, so it may have been done. Look; if it was not, send it with a new key."
          .formatted(key);
    }
  }

  /** It was done, and its answer cannot be given again. */
  record AnswerNotKept(String key, int answered) implements IdempotencyProblem {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String type() {
      return "idempotency/answer-not-kept";
    }

    @Override
    public String detail() {
      return "The request with the Idempotency-Key %s was done and answered with %d; that answer held a secret or was very long, and is not kept. Nothing was done again."
          .formatted(key, answered);
    }
  }

  /** The team has as many keys as there may be. */
  record TooMany(int most) implements IdempotencyProblem {
    @Override
    public int status() {
      return 429;
    }

    @Override
    public String type() {
      return "idempotency/too-many";
    }

    @Override
    public String detail() {
      return "The team has given %d Idempotency-Keys within a day, which is the most that are remembered; send the request without one, or later."
          .formatted(most);
    }
  }
}
