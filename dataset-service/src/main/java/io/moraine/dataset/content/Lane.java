package io.moraine.dataset.content;

/**
 * What stands and falls together: all stores in one bucket. Work is shared out by it, so that a
 * bucket that hangs holds up nobody else's.
 *
 * @param managed whether it is the installation's own bucket, in which most stores lie
 */
public record Lane(String name, boolean managed) {
  /** The installation's own bucket. */
  public static final Lane MANAGED = new Lane("managed", true);
}
