package io.moraine.cli.run;

import io.moraine.cli.client.ConnectionOptions;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.Runs.Output;
import io.moraine.cli.client.Runs.Run;
import io.moraine.cli.client.Stack;
import io.moraine.events.volume.Mount;
import io.moraine.vocabulary.DatasetRef;
import io.moraine.vocabulary.RunName;
import io.moraine.vocabulary.TagName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code moraine run}. Its own words go to standard error: standard output is the command's. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Runs COMMAND on this machine with dataset versions as its inputs, and makes what it writes"
          + " a new version of each output dataset when it ends with 0.",
      "It finds them in the directories that MORAINE_INPUTS, MORAINE_OUTPUTS and MORAINE_STORAGE"
          + " name; where bubblewrap works, these are /inputs, /outputs and /storage in a root of"
          + " its own, where inputs are read-only and the stack's files are hidden."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the command ended with 0 and its outputs are committed",
      "1:the run was rejected, or an output could not be committed",
      "2:wrong usage",
      "130:interrupted; the run counts as cancelled",
      "n:the command ended with n; nothing is committed"
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  moraine run --input raw=faces:prod --output model=faces-model \\",
      "      -- python train.py"
    })
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "NAME=REF",
      description =
          "A version, at /inputs/NAME. REF is DATASET, DATASET:TAG, DATASET:VERSION or"
              + " DATASET@sha256:DIGEST; DATASET alone means its latest.")
  private List<Binding> inputs = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "NAME=DATASET",
      description = "What the command leaves in /outputs/NAME becomes a version of DATASET.")
  private List<Binding> outputs = new ArrayList<>();

  @Option(
      names = "--volume",
      paramLabel = "NAME",
      description = "A temporary directory, at /outputs/NAME; gone after the run.")
  private List<RunName> volumes = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "RUN",
      description = "The run's name, new in the team (default: made from the time).")
  private RunName name;

  @Option(names = "--message", paramLabel = "TEXT", description = "Of the new versions.")
  private String message;

  @Option(names = "--tag", paramLabel = "TAG", description = "To be set on the new versions.")
  private List<TagName> tags = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "For each wait for the services (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--no-sandbox", description = "Run COMMAND on this machine as it is.")
  private boolean noSandbox;

  @Mixin private ConnectionOptions connection;

  @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "What to run, after --.")
  private List<String> commandLine;

  /** What a name among the inputs or outputs stands for. */
  public record Binding(RunName name, DatasetRef ref) {
    /** Reads {@code NAME=REF}. */
    public static Binding parse(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "\"" + text + "\" is not of the form NAME=REF, for example raw=faces:latest.");
      }
      return new Binding(
          new RunName(text.substring(0, equals)), DatasetRef.parse(text.substring(equals + 1)));
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunSpec spec = spec();
    Stack stack = connection.stack();
    say("Run " + name + " asks for its inputs; Ctrl-C cancels it.");
    try (LocalRun run = new LocalRun(stack, spec, Duration.ofSeconds(timeoutSeconds))) {
      LocalRun.Ended ended = run.execute(mounts -> work(mounts, stack));
      report(ended.run(), new Datasets(stack));
      return ended.exitCode() == 0 && !ended.run().is("succeeded") ? 1 : ended.exitCode();
    }
  }

  private int work(List<Mount> mounts, Stack stack) throws IOException, InterruptedException {
    say("Run " + name + " is ready.");
    LocalJob job =
        noSandbox
            ? LocalJob.unprotected(mounts, this::say)
            : LocalJob.sandboxed(mounts, stack, this::say);
    return job.run(commandLine);
  }

  private RunSpec spec() {
    if (timeoutSeconds < 1) {
      throw wrong("--timeout is " + timeoutSeconds + "; it is a number of seconds, 1 at least.");
    }
    name = name == null ? RunNames.next() : name;
    try {
      return new RunSpec(
          name,
          refs("--input", inputs),
          refs("--output", outputs),
          new LinkedHashSet<>(volumes),
          Optional.ofNullable(message),
          tags);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private Map<RunName, DatasetRef> refs(String option, List<Binding> bindings) {
    Map<RunName, DatasetRef> refs = new HashMap<>();
    for (Binding binding : bindings) {
      if (refs.put(binding.name(), binding.ref()) != null) {
        throw wrong(option + " names " + binding.name() + " twice.");
      }
    }
    return refs;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private void report(Run run, Datasets datasets) throws InterruptedException {
    for (Output output : run.outputs()) {
      if (output.version().isPresent()) {
        say(CommittedOutput.describe(output, datasets));
      } else if (output.reason().isPresent()) {
        say(output.name() + " is not committed: " + output.reason().get());
      }
    }
    if (!run.is("succeeded")) {
      say("Run " + name + " " + run.state() + ". " + run.explanation());
    }
  }

  private void say(String line) {
    command.commandLine().getErr().println("moraine: " + line.strip());
  }
}
