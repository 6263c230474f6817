package io.moraine.cli.data;

import io.moraine.cli.client.ByteSize;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.vocabulary.Sha256;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a push did, for people and programs. */
record PushReport(PushTree.Done done, TransferMeter meter, double seconds) {
  /** What went over the network. */
  record Sent(long objects, long bytes, long requests) {}

  /** Where a directory is, as a version's message says it. */
  static String origin(String how, Path directory) {
    String name = directory.toAbsolutePath().normalize().toString();
    try {
      return how + " from " + InetAddress.getLocalHost().getHostName() + ":" + name;
    } catch (UnknownHostException e) {
      return how + " from " + name;
    }
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("dataset", done.dataset().id());
    json.put("name", done.dataset().name());
    json.put("version", done.version().version());
    json.put("isNew", done.isNew());
    json.put("digest", done.version().digest().map(Sha256::hex).orElse(null));
    json.put("files", done.version().files());
    json.put("bytes", done.version().bytes());
    json.put("added", done.added());
    json.put("changed", done.changed());
    json.put("deleted", done.deleted());
    json.put("sent", new Sent(meter.objectsPut(), meter.bytesPut(), meter.requests()));
    return json;
  }

  String text() {
    String name = done.dataset().name() + ":" + done.version().version();
    if (!done.isNew()) {
      return String.format(
          Locale.ROOT, "Nothing changed: %s has these %,d files.", name, done.version().files());
    }
    return String.format(
        Locale.ROOT,
        "%s: %,d files, %s; %,d added, %,d changed, %,d deleted; sent %s in %,d objects, %.1f s",
        name,
        done.version().files(),
        ByteSize.of(done.version().bytes()),
        done.added(),
        done.changed(),
        done.deleted(),
        ByteSize.of(meter.bytesPut()),
        meter.objectsPut(),
        seconds);
  }
}
