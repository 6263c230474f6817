package io.moraine.dataset.file;

import io.moraine.content.file.CutFile;
import io.moraine.content.format.ContentId;
import io.moraine.dataset.content.Location;
import io.moraine.dataset.content.Store;
import java.util.List;
import java.util.Set;

/**
 * Bytes that are in the bucket, and that nothing refers to yet.
 *
 * @param brought what was put of it, and is to be recorded
 * @param contents everything it is made of, brought or there before: whoever refers to it makes
 *     sure of them
 */
public record BroughtFile(
    Store store, CutFile file, List<Location> brought, Set<ContentId> contents) {}
