/**
 * Files that arrive in parts of any size and order, as S3 clients send large ones.
 *
 * <p>Each part becomes a content of the store as it arrives, and its row keeps that content from
 * the collector while the upload lives. Completing reads the parts one after the other and puts
 * them as one file, cut anew: so a file has the same digest by whatever way it came. An upload is
 * of one path in one open version; it is gone when that is committed or deleted, and expires when
 * nothing arrives for a day.
 */
package io.moraine.dataset.multipart;
