/**
 * Contents in buckets and the table that says where each lies: the one place that knows both. A
 * content is put under its own SHA-256 first and recorded after, so a row never promises what is
 * not there; an object without a row is garbage for the collector.
 *
 * <p>Some contents lie in objects of a team's own that nobody has copied (ADR 0014): a second table
 * says where, as of which ETag. They are read from there as long as the object is the same, and a
 * watch tells when it is not.
 */
package io.moraine.dataset.content;
