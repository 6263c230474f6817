package io.moraine.cli;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.data.ConfigCommand;
import io.moraine.cli.data.DatasetsCommand;
import io.moraine.cli.data.DiffCommand;
import io.moraine.cli.data.FilesCommand;
import io.moraine.cli.data.ImportCommand;
import io.moraine.cli.data.LogCommand;
import io.moraine.cli.data.PullCommand;
import io.moraine.cli.data.PushCommand;
import io.moraine.cli.data.S3Command;
import io.moraine.cli.data.TagCommand;
import io.moraine.cli.data.VerifyCommand;
import io.moraine.cli.demo.DemoCommand;
import io.moraine.cli.rebuild.RebuildCommand;
import io.moraine.cli.run.RunCommand;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.FilePath;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line. Exit codes: 0 done, 1 failed (one line on standard error says what and what to
 * do), 2 wrong usage; {@code moraine run} ends with its command's own code.
 */
@Command(
    name = "moraine",
    description = "Versioned datasets, volumes and a team cache, on one machine.",
    subcommands = {
      PushCommand.class,
      PullCommand.class,
      ImportCommand.class,
      DiffCommand.class,
      LogCommand.class,
      DatasetsCommand.class,
      FilesCommand.class,
      VerifyCommand.class,
      TagCommand.class,
      ConfigCommand.class,
      S3Command.class,
      RunCommand.class,
      DemoCommand.class,
      RebuildCommand.class,
      CompletionCommand.class
    })
public final class Moraine {
  /** What a shell says of a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Say what it does and takes.")
  private boolean help;

  private Moraine() {}

  public static void main(String[] args) {
    System.exit(execute(commandLine(), new FileOutputStream(FileDescriptor.out), args));
  }

  /**
   * Executes, and fails when {@code out} did not take all that was printed: a listing that a full
   * disk cut short must not count as done.
   */
  static int execute(CommandLine moraine, OutputStream out, String... args) {
    PrintWriter writer = new PrintWriter(out, true);
    moraine.setOut(writer);
    int exitCode = moraine.execute(args);
    if (exitCode == CommandLine.ExitCode.OK && writer.checkError()) {
      moraine
          .getErr()
          .println(
              "moraine: standard output did not take all of it; is its disk full, or its reader"
                  + " gone?");
      return CommandLine.ExitCode.SOFTWARE;
    }
    return exitCode;
  }

  /** The whole command, its errors told in one line each. */
  static CommandLine commandLine() {
    CommandLine moraine =
        new CommandLine(new Moraine())
            .registerConverter(RunName.class, word(RunName::new))
            .registerConverter(TagName.class, word(TagName::new))
            .registerConverter(DatasetRef.class, word(DatasetRef::parse))
            .registerConverter(FilePath.class, word(FilePath::ofClient))
            .registerConverter(RunCommand.Binding.class, word(RunCommand.Binding::parse))
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> explainFailure(failure, command))
            .setParameterExceptionHandler(Moraine::explainUsage);
    // What follows its command's name is the command's own, options too.
    moraine.getSubcommands().get("run").setStopAtPositional(true);
    return moraine;
  }

  /** What the vocabulary says of a wrong word is what the user reads. */
  private static <T> ITypeConverter<T> word(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  private static int explainFailure(Exception failure, CommandLine command) throws Exception {
    if (failure instanceof InterruptedException) {
      return INTERRUPTED;
    }
    if (failure instanceof CommandFailed failed) {
      command.getErr().println("moraine: " + failure.getMessage());
      // The codes of "run" and "demo" are their own: run's are its command's.
      return isAboutData(command) ? failed.exitCode().code() : CommandLine.ExitCode.SOFTWARE;
    }
    if (failure instanceof IOException) {
      // Of a file on this machine: its kind says as much as its message, which may be a path alone.
      command
          .getErr()
          .println("moraine: " + failure.getClass().getSimpleName() + ": " + failure.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw failure;
  }

  private static boolean isAboutData(CommandLine command) {
    Object object = command.getCommand();
    return !(object instanceof RunCommand) && !(object instanceof DemoCommand);
  }

  private static int explainUsage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println("moraine: " + wrong.getMessage());
    command
        .getErr()
        .println(
            "Try '" + command.getCommandSpec().qualifiedName() + " --help' for what it takes.");
    return CommandLine.ExitCode.USAGE;
  }
}
