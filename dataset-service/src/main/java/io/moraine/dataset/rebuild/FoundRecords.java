package io.moraine.dataset.rebuild;

import io.moraine.content.format.FormatException;
import io.moraine.content.store.DatasetRecord;
import io.moraine.content.store.ObjectKeys;
import io.moraine.content.store.ObjectStore;
import io.moraine.content.store.ObjectStore.Listed;
import io.moraine.content.store.VersionRecord;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The datasets and versions that a bucket knows of one team. Memory: their names, and one dataset's
 * records. Blocking.
 */
final class FoundRecords {
  private static final String DELETED = ".deleted";
  private static final Pattern SEQUENCE = Pattern.compile("[0-9]{19}");

  /** Hears of what is of no use, perhaps more than once. */
  interface Lost {
    /** An object that is no record, or none of a version. */
    void object(String key, String why);

    /** A version whose record cannot be read. */
    void version(DatasetId dataset, VersionId version, String why);
  }

  private final ObjectStore bucket;
  private final ObjectKeys keys;
  private final Lost lost;

  /** Of each dataset that was not deleted the last record's key; empty without a record. */
  private final Map<String, Optional<Listed>> datasets = new TreeMap<>();

  FoundRecords(ObjectStore bucket, ObjectKeys keys, Lost lost) {
    this.bucket = bucket;
    this.keys = keys;
    this.lost = lost;
    look();
  }

  private void look() {
    TreeSet<String> deleted = new TreeSet<>();
    names(
        "versions/",
        (name, object) -> {
          String dataset = name.split("/", 2)[0];
          if (isName(DatasetId::new, dataset)) {
            datasets.put(dataset, Optional.empty());
          } else {
            stray(object);
          }
        });
    names(
        "datasets/",
        (name, object) -> {
          String[] parts = name.split("/", 2);
          if (name.endsWith(DELETED)) {
            deleted.add(name.substring(0, name.length() - DELETED.length()));
          } else if (parts.length == 2
              && SEQUENCE.matcher(parts[1]).matches()
              && isName(DatasetId::new, parts[0])) { // in ascending order: the last one stays
            datasets.put(parts[0], Optional.of(object));
          } else {
            stray(object);
          }
        });
    datasets.keySet().removeAll(deleted);
  }

  private static boolean isName(Function<String, ?> name, String text) {
    try {
      name.apply(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void stray(Listed object) {
    lost.object(object.key(), "this is no name of a record");
  }

  private interface Named {
    void accept(String name, Listed object);
  }

  private void names(String kind, Named sink) {
    String prefix = keys.root() + kind;
    Iterator<Listed> objects = bucket.list(prefix);
    while (objects.hasNext()) {
      Listed object = objects.next();
      sink.accept(object.key().substring(prefix.length()), object);
    }
  }

  List<DatasetId> datasets() {
    return datasets.keySet().stream().map(DatasetId::new).toList();
  }

  /** None when only tombstones are left of it. */
  Optional<FoundDataset> read(DatasetId id) {
    Optional<Listed> last = datasets.get(id.text());
    Map<VersionId, VersionRecord> versions = versions(id);
    if (last.isEmpty() && versions.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FoundDataset(
            id,
            last.flatMap(
                object ->
                    decoded(object, DatasetRecord::decode, why -> lost.object(object.key(), why))),
            last.map(object -> sequence(id, object)).orElse(0L),
            versions));
  }

  private long sequence(DatasetId id, Listed record) {
    return Long.parseLong(record.key().substring(keys.datasets(id).length()));
  }

  private Map<VersionId, VersionRecord> versions(DatasetId id) {
    Map<String, Listed> records = new TreeMap<>();
    List<String> deleted = new ArrayList<>();
    names(
        "versions/" + id + "/",
        (name, object) -> {
          if (name.endsWith(DELETED)) {
            deleted.add(name.substring(0, name.length() - DELETED.length()));
          } else if (isName(VersionId::new, name)) {
            records.put(name, object);
          } else {
            stray(object);
          }
        });
    records.keySet().removeAll(deleted);
    Map<VersionId, VersionRecord> versions = new HashMap<>();
    records.forEach(
        (name, object) -> {
          VersionId version = new VersionId(name);
          decoded(object, VersionRecord::decode, why -> lost.version(id, version, why))
              .ifPresent(record -> versions.put(version, record));
        });
    return versions;
  }

  private <T> Optional<T> decoded(
      Listed object, Function<byte[], T> decode, Consumer<String> unreadable) {
    try {
      return Optional.of(decode.apply(bucket.read(object.key(), 0, (int) object.sizeBytes())));
    } catch (FormatException e) {
      unreadable.accept(e.getMessage());
      return Optional.empty();
    }
  }
}
