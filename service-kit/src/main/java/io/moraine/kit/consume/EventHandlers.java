package io.moraine.kit.consume;

import io.moraine.events.Event;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a service does with each event of a topic. Building one fails unless every event of the
 * topic is either handled or ignored with a reason, so that a new event cannot be forgotten.
 * Immutable.
 */
public final class EventHandlers<E extends Event> {
  /**
   * Writes, in the open transaction, the rows that say what is wanted now. May run twice for one
   * event.
   */
  @FunctionalInterface
  public interface Effect<T> {
    Uni<Void> record(Transaction tx, T event);
  }

  private final Map<Class<?>, Effect<Event>> effects;

  private EventHandlers(Map<Class<?>, Effect<Event>> effects) {
    this.effects = Map.copyOf(effects);
  }

  Uni<Void> record(Transaction tx, Event event) {
    return effects.get(event.getClass()).record(tx, event);
  }

  boolean handle(Event event) {
    return effects.containsKey(event.getClass());
  }

  /** Starts the list for a topic's sealed interface. */
  public static <E extends Event> Builder<E> of(Class<E> events) {
    return new Builder<>(events);
  }

  /** Collects handlers; not thread-safe. */
  public static final class Builder<E extends Event> {
    private final Class<E> events;
    private final Map<Class<?>, Effect<Event>> effects = new HashMap<>();

    private Builder(Class<E> events) {
      this.events = events;
    }

    public <T extends E> Builder<E> on(Class<T> event, Effect<T> effect) {
      effects.put(event, (tx, e) -> effect.record(tx, event.cast(e)));
      return this;
    }

    /** Says why {@code event} needs nothing. */
    public Builder<E> ignore(Class<? extends E> event, String why) {
      Objects.requireNonNull(why);
      effects.put(event, (tx, e) -> Uni.createFrom().voidItem());
      return this;
    }

    public EventHandlers<E> build() {
      for (Class<?> event : events.getPermittedSubclasses()) {
        if (!effects.containsKey(event)) {
          throw new IllegalStateException(
              event.getSimpleName() + " is neither handled nor ignored with a reason");
        }
      }
      return new EventHandlers<>(effects);
    }
  }
}
