/**
 * How what a job writes becomes a version: opening (its draft is made), open (the job writes),
 * local (sealed: no path of the job leads to it any more; our own copy of it is made), uploading
 * (from the copy), stored (committed; its copy fills the cache). Or discarded; or failed, which
 * keeps what the job wrote until it is discarded.
 *
 * <p>dataset-service keeps one draft per attempt and commits at most one attempt per output, so
 * every step here may be repeated after a crash: the copy is made anew until it is durable and
 * never changes afterwards, and the same copy gives the same digest. The event is written with the
 * row that says stored, once.
 */
package io.moraine.cache.output;
