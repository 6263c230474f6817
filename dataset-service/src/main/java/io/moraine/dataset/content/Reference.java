package io.moraine.dataset.content;

import io.moraine.content.format.ContentId;
import io.moraine.content.store.PinnedObject;
import io.moraine.vocabulary.ProviderId;

/**
 * Where a content lies that nobody has copied: {@code sizeBytes} from {@code offsetBytes} of an
 * object in a bucket of the team's own.
 *
 * @param source the object's number in the table
 */
public record Reference(
    ContentId content,
    long source,
    ProviderId provider,
    PinnedObject object,
    long offsetBytes,
    long sizeBytes) {}
