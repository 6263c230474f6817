package io.moraine.dataset.collect;

/**
 * What a deletion would free.
 *
 * @param files of all its versions
 * @param bytes of the contents in the bucket that nothing else refers to; less than the files' sum
 *     where contents are shared
 */
public record Freed(long versions, long files, long bytes) {}
