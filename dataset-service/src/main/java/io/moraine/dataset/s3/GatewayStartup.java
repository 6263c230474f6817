package io.moraine.dataset.s3;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the gateway with the service. */
@ApplicationScoped
class GatewayStartup {
  private final ServeRequest requests;
  private final GatewayServer.Config config;
  private volatile GatewayServer server;

  GatewayStartup(
      ServeRequest requests,
      @ConfigProperty(name = "moraine.gateway.host") String host,
      @ConfigProperty(name = "moraine.gateway.port") int port,
      @ConfigProperty(name = "moraine.gateway.threads") int threads,
      @ConfigProperty(name = "moraine.gateway.idle") Duration idle) {
    this.requests = requests;
    this.config = new GatewayServer.Config(host, port, threads, idle);
  }

  void start(@Observes StartupEvent start) {
    server = GatewayServer.start(config, requests.servlet());
  }

  void stop(@Observes ShutdownEvent stop) {
    if (server != null) {
      server.close();
    }
  }

  boolean isUp() {
    return server != null && server.isUp();
  }
}
