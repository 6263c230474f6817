package io.moraine.dataset.imports;

/** A hint that imports wait, or are to end: worth looking, and no more than that. */
record ImportsWaiting() {}
