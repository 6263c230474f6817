package io.moraine.content.tree;

import java.util.Iterator;
import java.util.function.Function;

/** An iterator whose elements are made from another's as they are asked for. */
record Mapped<A, B>(Iterator<A> source, Function<A, B> function) implements Iterator<B> {
  @Override
  public boolean hasNext() {
    return source.hasNext();
  }

  @Override
  public B next() {
    return function.apply(source.next());
  }
}
