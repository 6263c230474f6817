package io.moraine.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code moraine completion}. */
@Command(
    name = "completion",
    description = "Prints what completes moraine's words in bash and zsh.",
    footerHeading = "%nExample:%n",
    footer = "  source <(moraine completion)")
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec command;

  @Override
  public void run() {
    command
        .commandLine()
        .getOut()
        .print(AutoComplete.bash("moraine", command.root().commandLine()));
  }
}
