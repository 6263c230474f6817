package io.moraine.standalone.supervisor;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.moraine.standalone.home.Home;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What others can know of the stack of one home. It runs as long as its supervisor holds a file
 * lock, which the kernel releases whenever that process is gone; so what a killed one wrote is
 * never taken for the truth. {@code run/state} holds one line per process.
 */
public final class RunningStack {
  private static final int TRIES = 20;
  private static final long PAUSE_MILLIS = 23;

  private final Path lock;
  private final Path state;

  /**
   * One process of the stack.
   *
   * @param started when, in milliseconds since 1970: tells it from a later process with its id
   * @param restarts since the stack was started
   */
  public record Entry(String name, long pid, long started, boolean ready, int restarts) {
    static Entry of(String name, ProcessHandle process, boolean ready, int restarts) {
      return new Entry(name, process.pid(), started(process), ready, restarts);
    }

    static Entry parse(String line) {
      String[] words = line.split(" ");
      return new Entry(
          words[0],
          Long.parseLong(words[1]),
          Long.parseLong(words[2]),
          Boolean.parseBoolean(words[3]),
          Integer.parseInt(words[4]));
    }

    /** The process, if it still lives. */
    public Optional<ProcessHandle> process() {
      return ProcessHandle.of(pid).filter(process -> started(process) == started);
    }

    private static long started(ProcessHandle process) {
      return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private Entry leftOver() {
      return new Entry(name, pid, started, false, restarts);
    }

    @Override
    public String toString() {
      return name + " " + pid + " " + started + " " + ready + " " + restarts;
    }
  }

  /** The name of the supervisor's own entry, which is ready when the whole stack was. */
  public static final String SUPERVISOR = "supervisor";

  public RunningStack(Home home) {
    lock = home.run().resolve("supervisor.lock");
    state = home.run().resolve("state");
  }

  /** Makes this process the supervisor, until it ends; empty when there is one already. */
  public Optional<FileLock> take() throws IOException, InterruptedException {
    Files.createDirectories(lock.getParent());
    FileChannel channel = FileChannel.open(lock, CREATE, WRITE);
    FileLock taken = channel.tryLock();
    // Who only asks whether a stack runs holds the lock for a moment too.
    for (int again = 0; taken == null && again < TRIES; again++) {
      Thread.sleep(PAUSE_MILLIS);
      taken = channel.tryLock();
    }
    return Optional.ofNullable(taken);
  }

  public boolean isRunning() throws IOException {
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lock, WRITE);
        FileLock free = channel.tryLock()) {
      return free == null;
    }
  }

  /** What the last supervisor wrote, whether it runs or not. */
  public List<Entry> entries() throws IOException {
    try {
      return Files.readAllLines(state).stream().map(Entry::parse).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** The process id of the supervisor, while one runs. */
  public Optional<ProcessHandle> supervisor() throws IOException {
    return entries().stream()
        .filter(entry -> entry.name().equals(SUPERVISOR))
        .findFirst()
        .flatMap(Entry::process);
  }

  /** Whether everything was ready; meaningful while {@link #isRunning}. */
  public boolean isReady() throws IOException {
    List<Entry> entries = entries();
    return !entries.isEmpty() && entries.stream().allMatch(Entry::ready);
  }

  /**
   * Says that this process, which has {@link #take}n the stack, starts it; answers with the
   * processes of a killed run that live still. They are known until the first program is started.
   */
  public List<Entry> begin() throws IOException {
    List<Entry> left =
        entries().stream()
            .filter(entry -> !entry.name().equals(SUPERVISOR) && entry.process().isPresent())
            .map(Entry::leftOver)
            .toList();
    List<Entry> now = new ArrayList<>(left);
    now.add(0, Entry.of(SUPERVISOR, ProcessHandle.current(), false, 0));
    write(now);
    return left;
  }

  /** For the supervisor only. */
  void write(List<Entry> entries) throws IOException {
    Path next = state.resolveSibling("state.new");
    Files.write(next, entries.stream().map(Entry::toString).toList());
    Files.move(next, state, StandardCopyOption.ATOMIC_MOVE);
  }
}
