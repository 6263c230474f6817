package io.moraine.standalone.supervisor;

/**
 * A process of the stack did not become ready; the message says which, why and where its log is.
 */
public final class ChildFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  ChildFailed(String message) {
    super(message);
  }
}
