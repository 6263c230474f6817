package io.moraine.standalone;

import io.moraine.standalone.home.Environment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Shows the version, and the commit where it is known.")
final class Version implements Callable<Integer> {
  @Override
  public Integer call() {
    String version = Main.class.getPackage().getImplementationVersion();
    String commit = Environment.ofThisProcess().get("MORAINE_COMMIT", "");
    System.out.println(
        "moraine "
            + (version == null ? "(not packaged)" : version)
            + (commit.isEmpty() ? "" : " (" + commit + ")"));
    return 0;
  }
}
