package io.moraine.standalone.home;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback that nothing listens on at this moment, from below the range that the system
 * takes outgoing connections from: one of those cannot sit on the port before its server starts.
 */
public final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 1_000;

  private FreePorts() {}

  public static int one() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Taken: the next one.
      }
    }
    throw new IllegalStateException("No port from " + LOWEST + " to " + HIGHEST + " is free.");
  }

  /** A free port for each variable of {@link Settings#PORTS}. */
  public static Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    Set<Integer> ports = new HashSet<>();
    for (String name : Settings.PORTS.keySet()) {
      int port = one();
      while (!ports.add(port)) {
        port = one();
      }
      variables.put(name, Integer.toString(port));
    }
    return variables;
  }
}
