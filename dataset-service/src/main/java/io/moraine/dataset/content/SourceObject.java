package io.moraine.dataset.content;

import io.moraine.content.store.PinnedObject;
import io.moraine.vocabulary.ProviderId;

/** An object in a bucket of a team's own, as an import by reference found it. */
public record SourceObject(ProviderId provider, PinnedObject object) {}
