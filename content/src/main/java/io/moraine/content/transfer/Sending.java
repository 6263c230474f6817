package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import io.moraine.content.format.FormatException;
import io.moraine.content.format.Limits;
import io.moraine.content.pack.Pack;
import io.moraine.content.pack.PackWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Takes contents in the order of their paths, asks in groups which the store lacks, and sends
 * these: small ones in packs, others as they are. For one thread; the sending itself is done on
 * others.
 */
final class Sending {
  /** Contents below this size, and lists of pieces, travel in packs. */
  static final int PACKED_BELOW_BYTES = 1 << 20;

  private final OpenVersion version;
  private final Transport transport;
  private final TransferMeter meter;
  private final ExecutorService threads;
  private final Memory memory;
  private final Set<ContentId> seen = new HashSet<>();
  private final PackPlan<Offered> packs = new PackPlan<>(this::sendPack);
  private final Deque<Sent> sent = new ArrayDeque<>();
  private List<Offered> group = new ArrayList<>();
  private long groupBytes;
  private long offered;

  /** A content and how many were offered before it. */
  private record Offered(Unsent content, long before) {}

  /** Contents on their way, the first of which was offered after so many. */
  private record Sent(long before, Future<?> done) {}

  Sending(
      OpenVersion version,
      Transport transport,
      TransferMeter meter,
      ExecutorService threads,
      Memory memory) {
    this.version = version;
    this.transport = transport;
    this.meter = meter;
    this.threads = threads;
    this.memory = memory;
  }

  void offer(Unsent content) throws IOException {
    if (!seen.add(content.content())) {
      release(content);
      return;
    }
    if (group.size() == VersionCalls.MOST_CONTENTS
        || groupBytes + content.sizeBytes() > Limits.OBJECT_BYTES) {
      endGroup();
    }
    group.add(new Offered(content, offered));
    groupBytes += content.sizeBytes();
    offered++;
  }

  /** How many were offered, those left out that had been before. */
  long offered() {
    return offered;
  }

  /**
   * How many of them, from the first on, are the store's. Fails as a sending that has ended did.
   */
  long arrived() throws IOException {
    reap();
    long first = Math.min(offered, before(group.stream().findFirst()));
    first = Math.min(first, before(packs.first()));
    for (Sent one : sent) {
      first = Math.min(first, one.before());
    }
    return first;
  }

  private static long before(Optional<Offered> content) {
    return content.map(Offered::before).orElse(Long.MAX_VALUE);
  }

  private void reap() throws IOException {
    while (!sent.isEmpty() && sent.peek().done().isDone()) {
      Waiting.result(sent.poll().done());
    }
  }

  /** Nothing more is offered: what was gathered is sent. */
  void end() throws IOException {
    endGroup();
    packs.finish();
  }

  /** Waits for what is under way longest; false if nothing is, and all is the store's. */
  boolean await() throws IOException {
    if (sent.isEmpty()) {
      return false;
    }
    Waiting.result(sent.poll().done());
    return true;
  }

  private void endGroup() throws IOException {
    reap();
    if (group.isEmpty()) {
      return;
    }
    List<Offered> asked = group;
    group = new ArrayList<>();
    groupBytes = 0;
    Set<ContentId> missing =
        version.calls().missing(asked.stream().map(one -> one.content().content()).toList());
    List<Offered> blobs = new ArrayList<>();
    for (Offered one : asked) {
      Unsent content = one.content();
      if (!missing.contains(content.content())) {
        release(content);
      } else if (content.part().isEmpty() || content.sizeBytes() < PACKED_BELOW_BYTES) {
        packs.add(one, content.sizeBytes());
      } else {
        blobs.add(one);
      }
    }
    packs.endGroup();
    if (!blobs.isEmpty()) {
      submit(blobs, Sending::blobs);
    }
  }

  private void sendPack(List<Offered> contents) {
    submit(contents, Sending::pack);
  }

  @FunctionalInterface
  private interface Making {
    List<ObjectUpload.Bytes> objects(List<Unsent> contents) throws IOException;
  }

  private void submit(List<Offered> offers, Making making) {
    List<Unsent> contents = new ArrayList<>(offers.stream().map(Offered::content).toList());
    long held = contents.stream().mapToLong(Unsent::heldBytes).sum();
    long fileBytes = contents.stream().mapToLong(Unsent::fileBytes).sum();
    Future<?> done =
        threads.submit(
            () -> {
              try {
                List<ObjectUpload.Bytes> objects = making.objects(contents);
                // What the pack has need not be held a second time while it travels.
                contents.clear();
                new ObjectUpload(version.calls(), transport, meter).send(objects);
                meter.bytes(fileBytes);
              } finally {
                memory.giveBack(held);
              }
              return null;
            });
    // In the order in which they were offered.
    sent.add(new Sent(offers.get(0).before(), done));
  }

  private static List<ObjectUpload.Bytes> blobs(List<Unsent> contents) throws IOException {
    List<ObjectUpload.Bytes> objects = new ArrayList<>();
    for (Unsent content : contents) {
      StoredObject object =
          new StoredObject(StoredObject.Type.BLOB, content.content().sha256(), content.sizeBytes());
      objects.add(new ObjectUpload.Bytes(object, content.bytes()));
    }
    return objects;
  }

  private static List<ObjectUpload.Bytes> pack(List<Unsent> contents) throws IOException {
    int bytes = contents.stream().mapToInt(Unsent::sizeBytes).sum();
    PackWriter writer = new PackWriter(contents.size(), bytes);
    for (Unsent content : contents) {
      writer.add(content.content(), content.bytes(), content.sizeBytes());
    }
    try {
      Pack pack = writer.finish();
      StoredObject object =
          new StoredObject(StoredObject.Type.PACK, pack.sha256(), pack.bytes().length);
      return List.of(new ObjectUpload.Bytes(object, pack.bytes()));
    } catch (FormatException e) {
      throw new IOException("bytes in memory are not those that were hashed: a broken machine?", e);
    }
  }

  private void release(Unsent content) {
    memory.giveBack(content.heldBytes());
    meter.bytes(content.fileBytes());
  }
}
