package io.moraine.dataset.version;

import io.moraine.content.tree.Change;
import io.moraine.vocabulary.FilePath;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/** The staged changes of a version in order of path, a page in memory at a time. Blocking. */
final class StagedChanges implements Iterator<Change> {
  private final Function<Optional<FilePath>, List<Change>> pageAfter;
  private final int fullPage;
  private Iterator<Change> page = List.<Change>of().iterator();
  private Optional<FilePath> last = Optional.empty();
  private boolean ended;

  /**
   * @param pageAfter the changes after a path (or from the first)
   * @param fullPage how many it gives: fewer are the last
   */
  StagedChanges(Function<Optional<FilePath>, List<Change>> pageAfter, int fullPage) {
    this.pageAfter = pageAfter;
    this.fullPage = fullPage;
  }

  @Override
  public boolean hasNext() {
    if (!page.hasNext() && !ended) {
      List<Change> loaded = pageAfter.apply(last);
      page = loaded.iterator();
      ended = loaded.size() < fullPage;
    }
    return page.hasNext();
  }

  @Override
  public Change next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Change change = page.next();
    last = Optional.of(change.path());
    return change;
  }
}
