package io.moraine.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A TCP connection to a server on loopback that can be cut, or carry nothing. Thread-safe. */
public final class Wire implements AutoCloseable {
  /** What it does with bytes. */
  public enum State {
    WHOLE,
    /** Connections are closed as soon as they are made. */
    CUT,
    /** Connections are made, and nothing comes back. */
    DEAD
  }

  private final URI target;
  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newCachedThreadPool(Wire::daemon);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile State state = State.WHOLE;

  public Wire(URI target) throws IOException {
    this.target = target;
    this.socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "wire");
    thread.setDaemon(true);
    return thread;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** From now on; what is under way is cut. */
  public void become(State next) {
    state = next;
    open.forEach(Wire::close);
    open.clear();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        switch (state) {
          case WHOLE -> connect(client);
          case CUT -> close(client);
          case DEAD -> open.add(client);
        }
      } catch (IOException e) {
        // Closed, or one connection that was none.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket(target.getHost(), target.getPort());
    open.add(client);
    open.add(server);
    threads.execute(() -> copy(client, server));
    threads.execute(() -> copy(server, client));
  }

  private void copy(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // Cut, by whom ever.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket one) {
    try {
      one.close();
    } catch (IOException e) {
      // As good as closed.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    become(State.CUT);
    threads.shutdownNow();
  }
}
