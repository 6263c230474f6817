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
  private final PackPlan<Unsent> packs = new PackPlan<>(this::sendPack);
  private final Deque<Future<?>> sent = new ArrayDeque<>();
  private List<Unsent> group = new ArrayList<>();
  private long groupBytes;

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
    group.add(content);
    groupBytes += content.sizeBytes();
  }

  /** Returns when everything offered is the store's. */
  void finish() throws IOException {
    endGroup();
    packs.finish();
    while (!sent.isEmpty()) {
      Waiting.result(sent.poll());
    }
  }

  private void endGroup() throws IOException {
    while (!sent.isEmpty() && sent.peek().isDone()) {
      Waiting.result(sent.poll());
    }
    if (group.isEmpty()) {
      return;
    }
    List<Unsent> asked = group;
    group = new ArrayList<>();
    groupBytes = 0;
    Set<ContentId> missing = version.calls().missing(asked.stream().map(Unsent::content).toList());
    List<Unsent> blobs = new ArrayList<>();
    for (Unsent content : asked) {
      if (!missing.contains(content.content())) {
        release(content);
      } else if (content.part().isEmpty() || content.sizeBytes() < PACKED_BELOW_BYTES) {
        packs.add(content, content.sizeBytes());
      } else {
        blobs.add(content);
      }
    }
    packs.endGroup();
    if (!blobs.isEmpty()) {
      submit(blobs, Sending::blobs);
    }
  }

  private void sendPack(List<Unsent> contents) {
    submit(contents, Sending::pack);
  }

  @FunctionalInterface
  private interface Making {
    List<ObjectUpload.Bytes> objects(List<Unsent> contents) throws IOException;
  }

  private void submit(List<Unsent> contents, Making making) {
    long held = contents.stream().mapToLong(Unsent::heldBytes).sum();
    long fileBytes = contents.stream().mapToLong(Unsent::fileBytes).sum();
    sent.add(
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
            }));
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
