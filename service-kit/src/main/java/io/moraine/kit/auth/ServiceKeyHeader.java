package io.moraine.kit.auth;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MultivaluedMap;
import org.eclipse.microprofile.rest.client.ext.ClientHeadersFactory;

/**
 * Puts the service's own key on every call of a REST client:
 * {@code @RegisterClientHeaders(ServiceKeyHeader.class)}. The team is a
 * {@code @HeaderParam(Authentication.TEAM_HEADER)} of the method.
 */
@ApplicationScoped
public class ServiceKeyHeader implements ClientHeadersFactory {
  private final ServiceKey key;

  ServiceKeyHeader(ServiceKey key) {
    this.key = key;
  }

  @Override
  public MultivaluedMap<String, String> update(
      MultivaluedMap<String, String> incoming, MultivaluedMap<String, String> outgoing) {
    outgoing.putSingle(Authentication.KEY_HEADER, key.key().text());
    return outgoing;
  }
}
