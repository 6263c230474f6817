package io.moraine.standalone.home;

import java.util.Map;

/**
 * The {@code MORAINE_…} variables of a process, read with errors that name the variable and the way
 * out. An empty variable counts as absent.
 */
public record Environment(Map<String, String> variables) {

  public Environment {
    variables = Map.copyOf(variables);
  }

  public static Environment ofThisProcess() {
    return new Environment(System.getenv());
  }

  /** Fails with {@link IllegalArgumentException} when {@code name} is not set. */
  public String require(String name) {
    String value = get(name, "");
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is not set.");
    }
    return value;
  }

  public String get(String name, String otherwise) {
    String value = variables.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  /** A port from 1 to 65535. */
  public int port(String name, int otherwise) {
    String text = get(name, Integer.toString(otherwise));
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          name + " is \"" + text + "\", which is no port: set it to a number from 1 to 65535.");
    }
    return port;
  }
}
