package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where a user's configuration and caches lie (XDG Base Directory Specification). */
record Directories(Path config, Path cache) {
  static Directories of(Map<String, String> variables) {
    return new Directories(
        find(variables, "XDG_CONFIG_HOME", ".config"), find(variables, "XDG_CACHE_HOME", ".cache"));
  }

  private static Path find(Map<String, String> variables, String variable, String inHome) {
    // The specification says of relative ones: to be ignored.
    return Optional.ofNullable(variables.get(variable))
        .filter(text -> text.startsWith("/"))
        .map(Path::of)
        .or(() -> home(variables).map(home -> home.resolve(inHome)))
        .orElseThrow(
            () -> new CommandFailed("There is no home directory: set " + variable + " or HOME."))
        .resolve("moraine");
  }

  private static Optional<Path> home(Map<String, String> variables) {
    return Optional.ofNullable(variables.get("HOME"))
        .or(() -> Optional.ofNullable(System.getProperty("user.home")))
        .filter(text -> text.startsWith("/"))
        .map(Path::of);
  }
}
