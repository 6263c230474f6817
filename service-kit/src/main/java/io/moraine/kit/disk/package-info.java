/** What services do alike with directories that are not theirs alone. */
package io.moraine.kit.disk;
