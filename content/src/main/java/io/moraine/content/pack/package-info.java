/**
 * Packs: many small contents in one object of up to 32 MiB that explains itself by an index at its
 * end. {@link io.moraine.content.pack.PackWriter} makes one, {@link
 * io.moraine.content.pack.PackIndex} reads where things lie from the tail alone, {@link
 * io.moraine.content.pack.Pack} is one whole, checked.
 */
package io.moraine.content.pack;
