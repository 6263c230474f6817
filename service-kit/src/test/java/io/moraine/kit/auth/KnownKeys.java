package io.moraine.kit.auth;

import io.moraine.vocabulary.TeamId;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Says what keys are, as dataset-service does, and who the caller is. */
@Singleton
@Path("/")
public class KnownKeys {
  final Map<String, KeyInfo> keys = new ConcurrentHashMap<>();
  final AtomicInteger asked = new AtomicInteger();
  private final Caller caller;

  KnownKeys(Caller caller) {
    this.caller = caller;
  }

  ApiKey add(Role role, Optional<TeamId> team) {
    ApiKey key = ApiKey.random();
    keys.put(key.text(), new KeyInfo(key.id(), role, team));
    return key;
  }

  @POST
  @Path("introspect")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Open
  public Introspection introspect(@FormParam("token") String token) {
    asked.incrementAndGet();
    KeyInfo known = keys.get(token);
    return known == null ? Introspection.INACTIVE : Introspection.of(known);
  }

  @GET
  @Path("who")
  public Map<String, String> who() {
    return Map.of("team", caller.team().text(), "key", caller.keyId());
  }

  @POST
  @Path("who")
  public Map<String, String> change() {
    return who();
  }

  @DELETE
  @Path("who")
  @Requires(Role.ADMIN)
  public Map<String, String> manage() {
    return who();
  }
}
