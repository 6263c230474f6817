package io.moraine.cli.tree;

import io.moraine.vocabulary.FilePath;
import java.nio.file.Path;

/**
 * A regular file below a directory, and by what a change of it would be noticed.
 *
 * @param path its place below the directory
 * @param stat what the file system said of it
 */
public record TreeFile(FilePath path, Path file, Stat stat) {}
