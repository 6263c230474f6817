package io.moraine.cli.demo;

import io.moraine.cli.client.ConnectionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code moraine demo}. */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Runs the main job on real data: a dataset's version is put, committed and cached, a run"
          + " reads it and writes a model, which becomes a version of another dataset.",
      "May be repeated: each time adds versions to the same datasets (demo-…)."
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private ConnectionOptions connection;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description =
          "Files to work on; symbolic links are skipped. Images in one directory per label are"
              + " learnt from, of anything else a census is taken (default: 2,000 images of"
              + " Fashion-MNIST that Moraine brings).")
  private Path directory;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path scratch = Files.createTempDirectory("moraine-demo-");
    try {
      Source source =
          directory == null
              ? Source.fashionMnist(Files.createDirectory(scratch.resolve("images")))
              : Source.directory(directory);
      Narration narration = new Narration(command.commandLine().getOut());
      new Demo(connection.stack(), source, narration)
          .show(Files.createDirectory(scratch.resolve("changed")));
      return 0;
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
