package io.moraine.dataset.s3;

import jakarta.servlet.http.HttpServlet;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.gaul.shaded.org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.gaul.shaded.org.eclipse.jetty.http.HttpHeader;
import org.gaul.shaded.org.eclipse.jetty.http.UriCompliance;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConfiguration;
import org.gaul.shaded.org.eclipse.jetty.server.HttpConnectionFactory;
import org.gaul.shaded.org.eclipse.jetty.server.NetworkConnectionLimit;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.server.ServerConnector;
import org.gaul.shaded.org.eclipse.jetty.server.handler.ErrorHandler;
import org.gaul.shaded.org.eclipse.jetty.server.handler.GracefulHandler;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;
import org.gaul.shaded.org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The HTTP server of the gateway: the one that the protocol library brings with it. It hands paths
 * on as they were sent. Each request has a thread of its own, a plain one, that may block.
 */
final class GatewayServer implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(5);

  /** A thread that is not needed ends. */
  private static final int THREAD_IDLE_MILLIS = 60_000;

  private static final int FEWEST_THREADS = 4;

  /** Requests that wait for a thread; beyond them, connections are refused. */
  private static final int MOST_WAITING = 1_024;

  private static final int MOST_CONNECTIONS = 1_024;

  /**
   * A pre-signed URL with a path of 1,024 bytes, each of them percent-encoded, and as much again.
   */
  private static final int HEADER_BYTES = 16 << 10;

  private static final int ACCEPTORS = 1;
  private static final int SELECTORS = 1;

  /**
   * @param threads requests served at once
   * @param idle how long a client may say nothing in the middle of a request, or between two
   */
  record Config(String host, int port, int threads, Duration idle) {}

  private final Server server;

  private GatewayServer(Server server) {
    this.server = server;
  }

  /** Returns when clients are answered. */
  static GatewayServer start(Config config, HttpServlet servlet) {
    Server server = new Server(threads(config));
    server.addConnector(connector(server, config));
    server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(new ServletHolder(servlet), "/*");
    server.setHandler(new GracefulHandler(context));
    server.setErrorHandler(new ErrorDocument());
    server.setStopTimeout(STOP.toMillis());
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(
          "The S3 gateway cannot listen on %s:%d (%s). Set MORAINE_GATEWAY_PORT to a free port."
              .formatted(config.host(), config.port(), e.getMessage()),
          e);
    }
    return new GatewayServer(server);
  }

  private static QueuedThreadPool threads(Config config) {
    QueuedThreadPool threads =
        new QueuedThreadPool(
            config.threads() + ACCEPTORS + SELECTORS,
            FEWEST_THREADS,
            THREAD_IDLE_MILLIS,
            new ArrayBlockingQueue<>(MOST_WAITING));
    threads.setName("gateway");
    return threads;
  }

  private static ServerConnector connector(Server server, Config config) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setUriCompliance(UriCompliance.LEGACY);
    http.setHeaderCacheCaseSensitive(true); // as they were sent and signed
    ServerConnector connector =
        new ServerConnector(server, ACCEPTORS, SELECTORS, new HttpConnectionFactory(http));
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setIdleTimeout(config.idle().toMillis());
    return connector;
  }

  /** Whether clients are answered. */
  boolean isUp() {
    return server.isStarted();
  }

  /** Requests under way may finish within a few seconds. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The S3 gateway could not be stopped in order", e);
    }
  }

  /** What never becomes a request is refused in the clients' tongue too. */
  private static final class ErrorDocument extends ErrorHandler {
    private static final String BODY =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>";

    @Override
    public boolean errorPageForMethod(String method) {
      return true;
    }

    @Override
    protected void generateResponse(
        Request request,
        Response response,
        int status,
        String message,
        Throwable cause,
        Callback callback) {
      String body =
          status < 500
              ? BODY.formatted("InvalidRequest", "This is no request that HTTP/1.1 knows.")
              : BODY.formatted("ServiceUnavailable", "The gateway cannot answer now. Try again.");
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/xml;charset=utf-8");
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
    }
  }
}
