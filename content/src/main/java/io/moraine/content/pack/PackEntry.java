package io.moraine.content.pack;

import io.moraine.content.format.ContentId;

/** Where a content lies in its pack: {@code lengthBytes} bytes from {@code offset}. */
public record PackEntry(ContentId content, int offset, int lengthBytes) {}
