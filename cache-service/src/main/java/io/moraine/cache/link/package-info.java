/**
 * The links {@code {dataset-name}/{tag}} beside the cached versions. Whatever may change them only
 * notes that a dataset's links are to be looked at; a worker then asks dataset-service for name and
 * tags and makes the links so: each points at exactly its tag's version, or is not there.
 */
package io.moraine.cache.link;
