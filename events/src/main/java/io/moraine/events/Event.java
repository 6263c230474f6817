package io.moraine.events;

import io.moraine.vocabulary.TeamId;

/**
 * Something that happened, of one team. Every event is a record of the sealed interface of one
 * {@link Topic}.
 */
public interface Event {
  /** Whose it is. */
  TeamId team();

  /** The record key on its topic: events of one key keep their order. */
  String key();
}
