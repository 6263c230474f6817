package io.moraine.cli.rebuild;

import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.ConnectionOptions;
import io.moraine.cli.client.Rebuilds;
import io.moraine.cli.client.Rebuilds.Rebuild;
import io.moraine.cli.client.Rebuilds.TeamKey;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code moraine rebuild}. */
@Command(
    name = "rebuild",
    sortOptions = false,
    description = {
      "Makes a lost database right again from the bucket: every committed version with its dataset,"
          + " tags and messages. For admins of the operator's team, on a database without datasets.",
      "Ctrl-C leaves it going on in the service."
    })
public final class RebuildCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 200;

  @Spec private CommandSpec command;

  @Mixin private ConnectionOptions connection;

  @Override
  public Integer call() throws InterruptedException {
    Rebuilds rebuilds = new Rebuilds(connection.stack());
    PrintWriter out = command.commandLine().getOut();
    Rebuild now = rebuilds.begin();
    tell(out, now.keys().orElse(List.of()));
    String said = "";
    while (now.isRunning()) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      now = rebuilds.find(now.id());
      String line = line(now);
      if (!line.equals(said)) {
        out.println(line);
        said = line;
      }
    }
    if (!now.state().equals("done")) {
      throw new CommandFailed("The rebuild failed: " + now.reason());
    }
    if (!now.reason().isEmpty()) {
      throw new CommandFailed("Not everything is back: " + now.reason());
    }
    return 0;
  }

  private static void tell(PrintWriter out, List<TeamKey> keys) {
    for (TeamKey key : keys) {
      out.printf("Team %s (%s) has a new admin key: %s%n", key.name(), key.team(), key.key());
    }
    if (!keys.isEmpty()) {
      out.println("Nobody can be told these keys again: keep them.");
    }
    out.flush();
  }

  private static String line(Rebuild now) {
    return "%s: %,d contents of %,d MiB, %,d datasets, %,d versions"
        .formatted(now.state(), now.contents(), now.bytes() >> 20, now.datasets(), now.versions());
  }
}
