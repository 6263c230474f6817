package io.moraine.cli;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.demo.DemoCommand;
import io.moraine.cli.run.RunCommand;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line. Exit codes: 0 done, 1 failed (one line on standard error says what and what to
 * do), 2 wrong usage; {@code moraine run} ends with its command's own code.
 */
@Command(
    name = "moraine",
    description = "Versioned datasets, volumes and a team cache, on one machine.",
    mixinStandardHelpOptions = true,
    version = "moraine 0.1.0",
    subcommands = {RunCommand.class, DemoCommand.class})
public final class Moraine {
  private Moraine() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command, its errors told in one line each. */
  static CommandLine commandLine() {
    CommandLine moraine =
        new CommandLine(new Moraine())
            .registerConverter(RunName.class, word(RunName::new))
            .registerConverter(TagName.class, word(TagName::new))
            .registerConverter(RunCommand.Binding.class, word(RunCommand.Binding::parse))
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                  if (failure instanceof CommandFailed) {
                    command.getErr().println("moraine: " + failure.getMessage());
                    return 1;
                  }
                  throw failure;
                })
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
