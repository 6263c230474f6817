package io.moraine.kit.condition;

/** The body of an answer that carries an {@code ETag}. */
public interface Tagged {
  /** Of the state that is shown. */
  EntityTag entityTag();
}
