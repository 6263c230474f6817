package io.moraine.kit;

/**
 * Names the places between two steps with outside effect. Nothing happens there: tests of crashes
 * stop the process at one of them with a debugger, and kill it.
 */
public final class FaultPoint {
  private FaultPoint() {}

  /** Does nothing. {@code name} is {@code feature.step}, the step just done. */
  public static void reached(String name) {}
}
