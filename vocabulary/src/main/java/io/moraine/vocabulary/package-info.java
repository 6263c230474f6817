/**
 * The words of the domain as records that cannot be wrong: a value that exists is valid. Text that
 * does not fit is refused with an {@link java.lang.IllegalArgumentException} whose message names
 * the value, the rule and the way out, fit to be shown to a user. Everything here is immutable and
 * thread-safe.
 */
package io.moraine.vocabulary;
