/**
 * Objects in a storage provider's bucket: {@link io.moraine.content.store.ObjectStore} moves them,
 * {@link io.moraine.content.store.ObjectKeys} names them, {@link
 * io.moraine.content.store.VersionRecord} is the one by which a version counts as committed.
 */
package io.moraine.content.store;
