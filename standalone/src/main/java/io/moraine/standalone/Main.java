package io.moraine.standalone;

import io.moraine.standalone.home.Environment;
import io.moraine.standalone.home.Home;
import io.moraine.standalone.supervisor.ChildFailed;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The part of the {@code moraine} command that runs the stack on this machine. */
@Command(
    name = "moraine",
    description = "Runs Moraine on this machine.",
    subcommands = {Up.class, Down.class, Status.class, Logs.class, Version.class})
public final class Main {
  /** The problem is said in one line; there is nothing a stack trace would add. */
  static final int FAILED = 1;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help.")
  boolean help;

  private Main() {}

  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new Main());
    command.setExecutionExceptionHandler(
        (failure, line, result) -> {
          line.getErr().println("moraine: " + inOneLine(failure));
          return FAILED;
        });
    System.exit(command.execute(arguments));
  }

  /** {@code $MORAINE_HOME}; by default {@code .moraine} in the checkout. */
  static Home home() {
    return new Home(
        Path.of(
            Environment.ofThisProcess()
                .get("MORAINE_HOME", checkout().resolve(".moraine").toString())));
  }

  /** Where Moraine was built; the script says. */
  static Path checkout() {
    return Path.of(System.getProperty("moraine.checkout", ""));
  }

  private static String inOneLine(Exception failure) throws Exception {
    if (failure instanceof ChildFailed || failure instanceof IllegalArgumentException) {
      return failure.getMessage();
    }
    if (failure instanceof FileSystemException file) {
      return file.getFile()
          + " cannot be used: "
          + (file.getReason() == null ? file.getClass().getSimpleName() : file.getReason())
          + ". Everything is kept in MORAINE_HOME ("
          + home().root()
          + "): make room or make it writable, or set MORAINE_HOME to another directory.";
    }
    throw failure;
  }
}
