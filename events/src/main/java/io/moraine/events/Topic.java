package io.moraine.events;

import io.moraine.events.cache.CacheEvent;
import io.moraine.events.dataset.DatasetEvent;
import io.moraine.events.lineage.LineageEvent;
import io.moraine.events.run.RunEvent;
import io.moraine.events.volume.VolumeEvent;

/** The topics, each with the events it carries. */
public enum Topic {
  DATASETS("moraine.datasets", "io.moraine.dataset", DatasetEvent.class),
  RUNS("moraine.runs", "io.moraine.run", RunEvent.class),
  VOLUMES("moraine.volumes", "io.moraine.volume", VolumeEvent.class),
  CACHE("moraine.cache", "io.moraine.cache", CacheEvent.class),
  LINEAGE("moraine.lineage", "io.moraine.lineage", LineageEvent.class);

  /**
   * Where events go that can never be processed, with headers that say why and where they stood.
   */
  public static final String DEAD_LETTERS = "moraine.dead-letters";

  private final String topic;
  private final String typePrefix;
  private final Class<? extends Event> events;

  Topic(String topic, String typePrefix, Class<? extends Event> events) {
    this.topic = topic;
    this.typePrefix = typePrefix;
    this.events = events;
  }

  /** The name in Kafka. */
  public String topic() {
    return topic;
  }

  /** The sealed interface of this topic's records. */
  public Class<? extends Event> events() {
    return events;
  }

  String typePrefix() {
    return typePrefix;
  }

  /** The topic that carries {@code event}. */
  public static Topic of(Event event) {
    for (Topic topic : values()) {
      if (topic.events.isInstance(event)) {
        return topic;
      }
    }
    throw new IllegalStateException("no topic carries " + event.getClass());
  }
}
