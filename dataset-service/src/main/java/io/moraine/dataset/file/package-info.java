/**
 * Files inside a version: put, read, listed, deleted.
 *
 * <p>A put streams: its pieces go to the bucket while the next arrives, and one statement at its
 * end records the new contents and stages the file, if the version is open still. So a file is in a
 * version when its put was answered, or it is not there at all. A committed version is read from
 * its tree, any other from its base's tree with what is staged laid over it.
 */
package io.moraine.dataset.file;
