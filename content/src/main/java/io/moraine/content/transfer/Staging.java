package io.moraine.content.transfer;

import io.moraine.content.tree.Change;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Stages changes while contents of later ones are still on their way, a whole request at a time.
 * For one thread; the requests are made one after the other on another.
 */
final class Staging {
  private record Waiter(Change change, long after) {}

  private record Request(List<Change> changes, Future<Boolean> isStaged) {}

  private final OpenVersion version;
  private final ExecutorService thread;
  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private final Deque<Request> requests = new ArrayDeque<>();
  private final List<Change> refused = new ArrayList<>();
  private List<Change> ready = new ArrayList<>();

  /**
   * @param thread one
   */
  Staging(OpenVersion version, ExecutorService thread) {
    this.version = version;
    this.thread = thread;
  }

  /** Takes a change that may be staged when the store has the first {@code after} contents. */
  void add(Change change, long after) {
    waiting.add(new Waiter(change, after));
  }

  /** The store has the first {@code count} contents. Fails as a request that has ended did. */
  void arrived(long count) throws IOException {
    while (!waiting.isEmpty() && waiting.element().after() <= count) {
      ready.add(waiting.poll().change());
      if (ready.size() == VersionCalls.MOST_ENTRIES) {
        List<Change> request = ready;
        ready = new ArrayList<>();
        requests.add(new Request(request, thread.submit(() -> stage(request))));
      }
    }
    while (!requests.isEmpty() && requests.element().isStaged().isDone()) {
      end(requests.poll());
    }
  }

  /** Waits for the requests; returns the changes that are not staged. */
  List<Change> finish() throws IOException {
    while (!requests.isEmpty()) {
      end(requests.poll());
    }
    List<Change> rest = new ArrayList<>(refused);
    rest.addAll(ready);
    waiting.forEach(waiter -> rest.add(waiter.change()));
    return rest;
  }

  private void end(Request request) throws IOException {
    if (!Waiting.result(request.isStaged())) {
      refused.addAll(request.changes());
    }
  }

  /** Whether it did; not if contents are missing by now. */
  private boolean stage(List<Change> changes) throws IOException {
    try {
      version.calls().stage(changes);
      return true;
    } catch (CallRefusedException e) {
      if (e.missing().isEmpty()) {
        throw e;
      }
      return false;
    }
  }
}
