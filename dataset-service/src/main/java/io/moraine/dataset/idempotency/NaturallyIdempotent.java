package io.moraine.dataset.idempotency;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a POST method that may be repeated as it is: {@code Idempotency-Key} changes nothing. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface NaturallyIdempotent {
  /** Why. */
  String value();
}
