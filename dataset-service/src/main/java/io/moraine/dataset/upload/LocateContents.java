package io.moraine.dataset.upload;

import io.moraine.content.format.ContentId;
import io.moraine.content.store.UrlSigner.SignedUrl;
import io.moraine.dataset.content.Contents;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Reference;
import io.moraine.dataset.content.Store;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Says where contents are to be had. Thread-safe, blocking. */
@ApplicationScoped
class LocateContents {
  private static final Duration LIFETIME = Duration.ofMinutes(15);

  /**
   * An object; GET it, or a range of it.
   *
   * @param headers to be sent with it; those of an object that was imported by reference, so that
   *     it is no other
   */
  record HoldingObject(URI url, Optional<Map<String, String>> headers) {}

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
    Map<ContentId, Location> stored = contents.locations(store, wanted);
    List<ContentId> rest = wanted.stream().filter(c -> !stored.containsKey(c)).toList();
    Map<ContentId, Reference> elsewhere = contents.references(store, rest);
    List<ContentId> missing = rest.stream().filter(c -> !elsewhere.containsKey(c)).toList();
    if (!missing.isEmpty()) {
      throw new UploadProblem.NoSuchContents(missing).exception();
    }
    Answer answer = new Answer(store);
    for (ContentId content : wanted) {
      if (stored.containsKey(content)) {
        answer.add(stored.get(content));
      } else {
        answer.add(elsewhere.get(content));
      }
    }
    return answer.places();
  }

  /** Names each object once. */
  private final class Answer {
    private final Store store;
    private final Map<Object, Integer> numbers = new HashMap<>();
    private final List<HoldingObject> objects = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    Answer(Store store) {
      this.store = store;
    }

    void add(Location at) {
      int object =
          number(
              at.object(),
              () ->
                  new HoldingObject(
                      contents.signGet(store, at.object(), LIFETIME).url(), Optional.empty()));
      places.add(new Place(at.content().text(), object, at.offsetBytes(), at.sizeBytes()));
    }

    void add(Reference at) {
      int object =
          number(
              at.source(),
              () -> {
                SignedUrl signed = contents.signGet(store, at, LIFETIME);
                return new HoldingObject(signed.url(), Optional.of(signed.headers()));
              });
      places.add(new Place(at.content().text(), object, at.offsetBytes(), at.sizeBytes()));
    }

    private int number(Object object, Supplier<HoldingObject> sign) {
      Integer known = numbers.putIfAbsent(object, objects.size());
      if (known == null) {
        objects.add(sign.get());
      }
      return known == null ? objects.size() - 1 : known;
    }

    Places places() {
      return new Places(objects, places);
    }
  }
}
