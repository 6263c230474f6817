package io.moraine.dataset.s3;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether S3 clients are answered. */
@Readiness
@ApplicationScoped
class GatewayHealth implements HealthCheck {
  private final GatewayStartup gateway;

  GatewayHealth(GatewayStartup gateway) {
    this.gateway = gateway;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("S3 gateway").status(gateway.isUp()).build();
  }
}
