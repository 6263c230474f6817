/**
 * Where things lie on a region's shared storage (docs/architecture.md, "Shared storage") and where
 * a job sees them. Nothing here touches a file.
 */
package io.moraine.volume.mount;
