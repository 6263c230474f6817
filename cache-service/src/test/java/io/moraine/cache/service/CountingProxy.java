package io.moraine.cache.service;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/** Stands before a service and counts the bytes that it answers. */
final class CountingProxy implements Closeable {
  private final URI service;
  private final LongAdder answeredBytes;
  private final ServerSocket server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "proxy");
            thread.setDaemon(true);
            return thread;
          });

  CountingProxy(URI service, LongAdder answeredBytes) throws IOException {
    this.service = service;
    this.answeredBytes = answeredBytes;
    this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket behind = new Socket(service.getHost(), service.getPort());
        client.setTcpNoDelay(true);
        behind.setTcpNoDelay(true);
        threads.execute(() -> relay(client, behind, new LongAdder()));
        threads.execute(() -> relay(behind, client, answeredBytes));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private static void relay(Socket from, Socket to, LongAdder counted) {
    byte[] buffer = new byte[64 << 10];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        counted.add(read);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      return; // one of them has ended
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
