package io.moraine.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * How JSON is written everywhere: words as strings, times as RFC 3339 in UTC, absent members left
 * out, unknown ones ignored. A list or map that holds a null is refused: nothing of ours means one.
 */
public final class Json {
  private Json() {}

  /** Gives {@code mapper} the rules; returns it. */
  public static ObjectMapper configure(ObjectMapper mapper) {
    return mapper
        .registerModules(new VocabularyModule(), new JavaTimeModule(), new Jdk8Module())
        .setSerializationInclusion(JsonInclude.Include.NON_ABSENT)
        .setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  }

  /** A new mapper of these rules; thread-safe once it is no longer configured. */
  public static ObjectMapper mapper() {
    return configure(new ObjectMapper());
  }
}
