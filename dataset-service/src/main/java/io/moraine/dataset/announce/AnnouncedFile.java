package io.moraine.dataset.announce;

import io.moraine.vocabulary.FilePath;
import java.time.Instant;

/** A file that has not arrived since it was first announced. */
public record AnnouncedFile(FilePath path, Instant announcedAt) {}
