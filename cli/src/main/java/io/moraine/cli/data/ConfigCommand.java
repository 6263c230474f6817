package io.moraine.cli.data;

import io.moraine.cli.client.CommandFailed;
import io.moraine.events.Json;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code moraine config}. */
@Command(
    name = "config",
    description = {
      "Keeps where dataset-service is and the key for it; without options, says what is kept.",
      "Each is looked for in this order: the option of a command, the variable (MORAINE_URL,"
          + " MORAINE_API_KEY), what is kept here, the stack on this machine"
          + " ($MORAINE_HOME/admin.key). A key that is kept is shown to its host only."
    },
    footerHeading = "%nExample:%n",
    footer = "  moraine config --host https://moraine.example.com --key -")
public final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(names = "--host", paramLabel = "URL", description = "dataset-service.")
  private String host;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "An API key; - asks for it, or reads a line.")
  private String key;

  @Option(names = "--clear", description = "Forget both.")
  private boolean clear;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Directories directories = Directories.of(System.getenv());
    if (clear) {
      new Configuration(Optional.empty(), Optional.empty()).save(directories);
    } else if (host != null || key != null) {
      Configuration before = Configuration.load(directories);
      new Configuration(
              host == null ? before.host() : Optional.of(Connection.uri(host).toString()),
              key == null ? before.key() : Optional.of(key.equals("-") ? readKey() : key))
          .save(directories);
    }
    show(directories);
    return 0;
  }

  private String readKey() throws IOException {
    Console console = System.console();
    if (console != null) {
      char[] typed = console.readPassword("API key: ");
      return typed == null ? missing() : new String(typed).strip();
    }
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null || line.isBlank() ? missing() : line.strip();
  }

  private static String missing() {
    throw new CommandFailed("There was no key on standard input.");
  }

  private void show(Directories directories) throws IOException {
    Configuration now = Configuration.load(directories);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("file", Configuration.file(directories).toString());
    shown.put("host", now.host().orElse(null));
    // Never the key itself: screens are seen.
    shown.put("hasKey", now.key().isPresent());
    if (json) {
      command.commandLine().getOut().println(Json.mapper().writeValueAsString(shown));
      return;
    }
    command
        .commandLine()
        .getOut()
        .println(
            shown.get("file")
                + ": host "
                + now.host().orElse("not set")
                + ", key "
                + (now.key().isPresent() ? "set" : "not set"));
  }
}
