package io.moraine.standalone;

import io.moraine.standalone.home.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Shows the last lines of one log, or of all.")
final class Logs implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      description = "dataset-service, kafka, supervisor …; all when left out.")
  private String process;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on showing what is added.")
  private boolean follow;

  @Override
  public Integer call() throws Exception {
    List<String> command = new ArrayList<>(List.of("tail", "-n", process == null ? "20" : "200"));
    if (follow) {
      command.add("-F");
    }
    command.addAll(files());
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private List<String> files() throws Exception {
    Home home = Main.home();
    List<String> names = names(home.logs());
    if (process == null && !names.isEmpty()) {
      return names.stream().map(name -> home.log(name).toString()).toList();
    }
    if (!names.contains(process)) {
      throw new IllegalArgumentException(
          names.isEmpty()
              ? "There are no logs yet in " + home.logs() + "."
              : "There is no log of \"" + process + "\"; there are " + String.join(", ", names));
    }
    return List.of(home.log(process).toString());
  }

  private static List<String> names(Path logs) throws Exception {
    if (!Files.isDirectory(logs)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(logs)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .map(name -> name.substring(0, name.length() - ".log".length()))
          .sorted()
          .toList();
    }
  }
}
