package io.moraine.standalone.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process of the stack as it is to be started: what runs, with which variables beside those of
 * its parent, where it logs, and how to see that it is ready.
 *
 * @param before runs before each start: takes away what an earlier, killed process left running
 */
public record Program(
    String name,
    List<String> command,
    Map<String, String> variables,
    Path log,
    Probe probe,
    Preparation before) {

  /** Something to be done before a start; it may be done again. */
  @FunctionalInterface
  public interface Preparation {
    void run() throws IOException, InterruptedException;
  }

  Program(String name, List<String> command, Map<String, String> variables, Path log, Probe probe) {
    this(name, command, variables, log, probe, () -> {});
  }

  public Program {
    command = List.copyOf(command);
    variables = Map.copyOf(variables);
  }
}
