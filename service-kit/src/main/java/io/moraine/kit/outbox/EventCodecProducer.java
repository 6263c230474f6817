package io.moraine.kit.outbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.moraine.events.EventCodec;
import io.moraine.events.Json;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gives REST and events the same JSON. */
@Singleton
class EventCodecProducer implements ObjectMapperCustomizer {
  @Produces
  @Singleton
  EventCodec codec() {
    return new EventCodec();
  }

  @Override
  public void customize(ObjectMapper mapper) {
    Json.configure(mapper);
  }
}
