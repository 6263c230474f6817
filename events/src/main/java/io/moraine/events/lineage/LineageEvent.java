package io.moraine.events.lineage;

import io.moraine.events.Event;

/**
 * Which jobs read and wrote what, in the words of OpenLineage: topic {@code moraine.lineage},
 * produced by volume-service for lineage collectors. Nothing of ours reads it.
 */
public sealed interface LineageEvent extends Event permits OpenLineageRun {}
