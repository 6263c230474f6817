package io.moraine.standalone.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Ends a process when its standard input ends. The parent holds the other end of that pipe and
 * never writes, so the kernel closes it whenever the parent is gone, {@code kill -9} included; no
 * polling of parents, no signal that a dead parent could not send.
 *
 * <p>Our own servers call {@link #hold}. A Quarkus application gets it as a Java agent: nothing of
 * ours has to be inside it, and it works from the first instant of its start.
 */
public final class Leash {
  /** How long an orderly end may take before the process is halted. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Leash() {}

  /** Entry point of the agent. */
  public static void premain(String arguments) {
    hold();
  }

  /** From now on this process ends, shutdown hooks included, when its standard input ends. */
  public static void hold() {
    daemon("leash", Leash::endWithInput);
  }

  /**
   * Writes the agent to {@code jar}: this class alone, so that it brings nothing else into the
   * application it holds.
   */
  public static void writeAgent(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", Leash.class.getName());
    String name = Leash.class.getName().replace('.', '/') + ".class";
    try (InputStream code = Leash.class.getClassLoader().getResourceAsStream(name);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new JarEntry(name));
      code.transferTo(out);
    }
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; whatever comes means that the parent is alive.
      }
    } catch (IOException e) {
      System.err.println("Standard input broke, which ends this process: " + e.getMessage());
    }
    daemon("leash-patience", Leash::haltLater);
    System.exit(0);
  }

  private static void haltLater() {
    try {
      Thread.sleep(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; if somebody does, the time is up.
    }
    Runtime.getRuntime().halt(1);
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
