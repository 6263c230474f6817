/**
 * Contents in buckets and the table that says where each lies: the one place that knows both. A
 * content is put under its own SHA-256 first and recorded after, so a row never promises what is
 * not there; an object without a row is garbage for the collector.
 */
package io.moraine.dataset.content;
