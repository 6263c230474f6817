package io.moraine.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the figures were measured on. */
record Machine(
    String cpu, int cores, long memoryBytes, String fileSystem, String kernel, String jdk) {
  static Machine here() throws IOException {
    String cpu = field(Path.of("/proc/cpuinfo"), "model name");
    long memory =
        Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "")) * 1024;
    return new Machine(
        cpu,
        Runtime.getRuntime().availableProcessors(),
        memory,
        Files.getFileStore(Path.of(".")).type(),
        System.getProperty("os.version"),
        Runtime.version().toString());
  }

  private static String field(Path file, String name) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("0");
    }
  }
}
