package io.moraine.cache.foreign;

/** Stands for a class of cache-service, which test-kit cannot see. */
public record CacheThing() {}
