/**
 * Workers: they look for rows that say something is wanted and make it so, from levels and not from
 * edges.
 */
package io.moraine.kit.work;
