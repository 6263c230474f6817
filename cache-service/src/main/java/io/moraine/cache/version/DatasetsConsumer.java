package io.moraine.cache.version;

import io.moraine.cache.link.DatasetLinks;
import io.moraine.cache.link.LinkWorker;
import io.moraine.events.dataset.DatasetCreated;
import io.moraine.events.dataset.DatasetDeleted;
import io.moraine.events.dataset.DatasetEvent;
import io.moraine.events.dataset.DatasetUpdated;
import io.moraine.events.dataset.SourceChanged;
import io.moraine.events.dataset.TagDeleted;
import io.moraine.events.dataset.TagMoved;
import io.moraine.events.dataset.VersionCommitted;
import io.moraine.events.dataset.VersionCreated;
import io.moraine.events.dataset.VersionDeleted;
import io.moraine.events.dataset.VersionUpdated;
import io.moraine.kit.consume.EventConsumer;
import io.moraine.kit.consume.EventHandlers;
import io.moraine.kit.database.Transaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Turns what happens to datasets into what is wanted of the cache. */
@ApplicationScoped
class DatasetsConsumer {
  private final EventConsumer consumer;
  private final VersionStore store;
  private final DatasetLinks links;
  private final FillWorker fills;
  private final EvictWorker evictions;
  private final LinkWorker linkWorker;
  private final EventHandlers<DatasetEvent> handlers;

  DatasetsConsumer(
      EventConsumer consumer,
      VersionStore store,
      DatasetLinks links,
      FillWorker fills,
      EvictWorker evictions,
      LinkWorker linkWorker) {
    this.consumer = consumer;
    this.store = store;
    this.links = links;
    this.fills = fills;
    this.evictions = evictions;
    this.linkWorker = linkWorker;
    this.handlers =
        EventHandlers.of(DatasetEvent.class)
            // The policy of every dataset, for now: cache on commit.
            .on(VersionCommitted.class, this::want)
            .on(VersionDeleted.class, this::unwant)
            .on(DatasetDeleted.class, this::unwantAll)
            .on(DatasetCreated.class, (tx, e) -> links.wish(tx, e.team(), e.dataset()))
            .on(DatasetUpdated.class, (tx, e) -> links.wish(tx, e.team(), e.dataset()))
            .on(TagMoved.class, (tx, e) -> links.wish(tx, e.team(), e.dataset()))
            .on(TagDeleted.class, (tx, e) -> links.wish(tx, e.team(), e.dataset()))
            .ignore(VersionCreated.class, "only committed versions are cached")
            .ignore(VersionUpdated.class, "messages are not cached")
            .ignore(SourceChanged.class, "what is cached is as it was")
            .build();
  }

  @Incoming("datasets")
  Uni<Void> hear(Message<byte[]> message) {
    return consumer.hear(message, handlers).invoke(this::wake);
  }

  private void wake() {
    fills.wake();
    evictions.wake();
    linkWorker.wake();
  }

  private Uni<Void> want(Transaction tx, VersionCommitted event) {
    VersionKey key = new VersionKey(event.team(), event.dataset(), event.version());
    return store.want(tx, key, event.digest(), event.files(), event.bytes());
  }

  private Uni<Void> unwant(Transaction tx, VersionDeleted event) {
    return store
        .unwant(tx, new VersionKey(event.team(), event.dataset(), event.version()))
        .chain(() -> links.wish(tx, event.team(), event.dataset()));
  }

  private Uni<Void> unwantAll(Transaction tx, DatasetDeleted event) {
    return store
        .unwantAll(tx, event.team(), event.dataset())
        .chain(() -> links.wish(tx, event.team(), event.dataset()));
  }
}
