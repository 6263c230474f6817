package io.moraine.dataset.sealing;

/**
 * A sealed secret that none of our keys opens, or not in this place. Says nothing of the secret.
 */
public final class UnreadableSecretException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableSecretException(String owner, Throwable cause) {
    super(
        "The secret of %s cannot be opened: the key that sealed it is not in MORAINE_PROVIDER_KEY_FILE, or it was sealed for something else."
            .formatted(owner),
        cause);
  }
}
