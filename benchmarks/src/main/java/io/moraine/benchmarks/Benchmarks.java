package io.moraine.benchmarks;

import io.moraine.testkit.blackbox.RunningStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the named benchmarks, or all, against a stack of its own. */
@Command(name = "benchmarks/run", mixinStandardHelpOptions = true, sortOptions = false)
final class Benchmarks implements Callable<Integer> {
  @Parameters(
      paramLabel = "BENCHMARK",
      description =
          "Which: up, memory, put-large, put-small, commit-to-cached, push-small, push-large,"
              + " million, refresh, rebuild, rebuild-4k. All when none is named.")
  List<String> names = List.of();

  @Option(names = "--rounds", description = "Counted rounds (default: ${DEFAULT-VALUE}).")
  int rounds = 5;

  @Option(
      names = "--commits",
      description = "Counted commits of commit-to-cached and million (default: ${DEFAULT-VALUE}).")
  int commits = 1000;

  @Option(
      names = "--warm-up",
      description = "Commits before those are counted (default: ${DEFAULT-VALUE}).")
  int warmUp = 200;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Benchmarks()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Benchmark> all = new LinkedHashMap<>();
    all.put("up", new UpTime(rounds));
    all.put("memory", new Memory());
    all.put("put-large", new PutLarge(rounds));
    all.put("put-small", new PutSmall(rounds));
    all.put("commit-to-cached", new CommitToCached(warmUp, commits));
    all.put("push-small", new PushSmall(rounds));
    all.put("push-large", new PushLarge(rounds));
    all.put("million", new Million(rounds, commits));
    all.put("refresh", new Refresh(rounds));
    all.put("rebuild", new Rebuild(rounds, MillionFiles.SMALL_BYTES));
    all.put("rebuild-4k", new Rebuild(rounds, 4 << 10));
    List<String> chosen = names.isEmpty() ? List.copyOf(all.keySet()) : names;
    for (String name : chosen) {
      if (!all.containsKey(name)) {
        System.err.println("There is no benchmark " + name + "; there are " + all.keySet() + ".");
        return CommandLine.ExitCode.USAGE;
      }
    }
    Path home = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "home-");
    try (RunningStack stack = RunningStack.in(home)) {
      for (String name : chosen) {
        System.out.println("== " + name);
        try (Results results = new Results(name)) {
          stack.up();
          all.get(name).measure(stack, results);
        }
      }
    }
    Directories.delete(home);
    return CommandLine.ExitCode.OK;
  }
}
