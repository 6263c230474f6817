package io.moraine.standalone.home;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings for a test: everything in a directory of its own, on ports that are free. */
public final class FreePorts {
  private FreePorts() {}

  public static Settings in(Path directory) throws IOException {
    Home home = new Home(directory);
    return Settings.of(new Environment(variables()), home, Secrets.of(home));
  }

  public static Map<String, String> variables() throws IOException {
    Map<String, String> ports = new HashMap<>();
    for (String port : Settings.PORTS.keySet()) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        ports.put(port, Integer.toString(socket.getLocalPort()));
      }
    }
    return ports;
  }
}
