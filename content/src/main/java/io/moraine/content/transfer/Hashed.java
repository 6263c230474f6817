package io.moraine.content.transfer;

import io.moraine.content.format.ContentId;
import java.util.Optional;

/**
 * A part of a file whose content is known.
 *
 * @param bytes of it, as long as they are held
 */
record Hashed(Part part, ContentId content, Optional<byte[]> bytes) {}
