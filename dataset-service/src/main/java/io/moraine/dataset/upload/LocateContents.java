package io.moraine.dataset.upload;

import io.moraine.content.format.ContentId;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says where contents are to be had. Thread-safe, blocking. */
@ApplicationScoped
class LocateContents {
  private static final Duration LIFETIME = Duration.ofMinutes(15);

  /** An object; GET it, or a range of it. */
  record HoldingObject(URI url) {}

  /**
   * @param object index of the object that holds it, {@code sizeBytes} from {@code offset}
   */
  record Place(String content, int object, long offset, long sizeBytes) {}

  /** Each object once, however many contents lie in it; contents as they were asked for. */
  record Places(List<HoldingObject> objects, List<Place> contents) {}

  private final Contents contents;

  LocateContents(Contents contents) {
    this.contents = contents;
  }

  /** Fails with a 404 that names them when the store has not all of {@code wanted}. */
  Places of(Store store, List<ContentId> wanted) {
    Map<ContentId, Location> found = contents.locations(store, wanted);
    List<ContentId> missing = wanted.stream().filter(c -> !found.containsKey(c)).toList();
    if (!missing.isEmpty()) {
      throw new UploadProblem.NoSuchContents(missing).exception();
    }
    Map<String, Integer> objects = new LinkedHashMap<>();
    wanted.forEach(c -> objects.putIfAbsent(found.get(c).object(), objects.size()));
    return new Places(
        objects.keySet().stream()
            .map(object -> new HoldingObject(contents.signGet(store, object, LIFETIME).url()))
            .toList(),
        wanted.stream().map(c -> place(found.get(c), objects)).toList());
  }

  private static Place place(Location at, Map<String, Integer> objects) {
    return new Place(
        at.content().text(), objects.get(at.object()), at.offsetBytes(), at.sizeBytes());
  }
}
