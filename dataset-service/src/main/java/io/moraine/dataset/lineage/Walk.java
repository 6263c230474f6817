package io.moraine.dataset.lineage;

import io.moraine.dataset.lineage.JobNode.Link;
import io.moraine.vocabulary.RunName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a walk through the graph has come by so far. It holds at most {@value #MOST_EDGES} edges;
 * what is more is cut off and said. Not thread-safe.
 */
final class Walk {
  /** One answer is a page that a person may look at, and some 300 KB. */
  static final int MOST_EDGES = 1000;

  /** That a job reads or wrote a version. */
  record Edge(JobNode.Key job, RunName name, VersionNode.Key version) {
    Link link() {
      return new Link(name, version.dataset(), version.version());
    }
  }

  private final Set<VersionNode.Key> versions = new LinkedHashSet<>();
  private final Set<JobNode.Key> jobs = new LinkedHashSet<>();
  private final Set<Edge> reads = new LinkedHashSet<>();
  private final Set<Edge> writes = new LinkedHashSet<>();
  private boolean truncated;

  Walk(VersionNode.Key start) {
    versions.add(start);
  }

  /** How many edges to ask for next: one more than fit, which tells that there are more. */
  int room() {
    return MOST_EDGES - reads.size() - writes.size() + 1;
  }

  /** The versions among {@code edges} that are new. */
  List<VersionNode.Key> versionsOf(List<Edge> edges, boolean areReads) {
    List<VersionNode.Key> fresh = new ArrayList<>();
    for (Edge edge : taken(edges, areReads)) {
      if (versions.add(edge.version())) {
        fresh.add(edge.version());
      }
    }
    return fresh;
  }

  /** The jobs among {@code edges} that are new. */
  List<JobNode.Key> jobsOf(List<Edge> edges, boolean areReads) {
    List<JobNode.Key> fresh = new ArrayList<>();
    for (Edge edge : taken(edges, areReads)) {
      if (jobs.add(edge.job())) {
        fresh.add(edge.job());
      }
    }
    return fresh;
  }

  private List<Edge> taken(List<Edge> edges, boolean areReads) {
    truncated |= edges.size() >= room();
    List<Edge> taken = edges.stream().limit(room() - 1).toList();
    (areReads ? reads : writes).addAll(taken);
    return taken;
  }

  List<VersionNode.Key> versions() {
    return List.copyOf(versions);
  }

  List<JobNode.Key> jobs() {
    return List.copyOf(jobs);
  }

  Map<JobNode.Key, List<Link>> reads() {
    return byJob(reads);
  }

  Map<JobNode.Key, List<Link>> writes() {
    return byJob(writes);
  }

  boolean truncated() {
    return truncated;
  }

  private static Map<JobNode.Key, List<Link>> byJob(Set<Edge> edges) {
    Map<JobNode.Key, List<Link>> links = new LinkedHashMap<>();
    edges.forEach(
        edge -> links.computeIfAbsent(edge.job(), job -> new ArrayList<>()).add(edge.link()));
    return links;
  }
}
