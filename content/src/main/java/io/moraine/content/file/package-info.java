/**
 * Files as contents: {@link io.moraine.content.file.FileCutter} cuts a stream into pieces of 32
 * MiB, {@link io.moraine.content.file.PieceList} is the stored list of a large file's pieces, and
 * {@link io.moraine.content.file.FileReader} puts them together again, checked.
 */
package io.moraine.content.file;
