package io.moraine.events;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The CloudEvents type of a record, for example {@code io.moraine.dataset.VersionCommitted.v1}. A
 * released type never changes its meaning; a new shape is a new version.
 *
 * @param name as it stands in {@code ce_type}
 * @param topic the topic that carries it
 * @param record the class it is read into
 */
public record EventType(String name, Topic topic, Class<? extends Event> record) {
  private static final String VERSION = ".v1";
  private static final Map<String, EventType> BY_NAME =
      Arrays.stream(Topic.values())
          .flatMap(
              topic ->
                  Arrays.stream(topic.events().getPermittedSubclasses())
                      .map(record -> of(topic, record.asSubclass(Event.class))))
          .collect(toUnmodifiableMap(EventType::name, identity()));

  private static EventType of(Topic topic, Class<? extends Event> record) {
    return new EventType(
        topic.typePrefix() + "." + record.getSimpleName() + VERSION, topic, record);
  }

  /** The type of {@code event}. */
  public static EventType of(Event event) {
    return of(Topic.of(event), event.getClass());
  }

  /** The type called {@code name}, when there is one. */
  public static Optional<EventType> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Every type that exists. */
  public static Iterable<EventType> all() {
    return BY_NAME.values();
  }
}
