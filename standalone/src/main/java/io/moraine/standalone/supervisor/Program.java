package io.moraine.standalone.supervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process of the stack as it is to be started: what runs, with which variables beside those of
 * its parent, where it logs, and how to see that it is ready.
 */
public record Program(
    String name, List<String> command, Map<String, String> variables, Path log, Probe probe) {

  public Program {
    command = List.copyOf(command);
    variables = Map.copyOf(variables);
  }
}
