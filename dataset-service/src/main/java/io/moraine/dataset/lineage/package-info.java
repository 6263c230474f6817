/**
 * Where versions come from and what became of them: which jobs read which versions and wrote which.
 * Known from the events of volume-service ({@code JobReady}, {@code JobEnded}) and from the origins
 * of versions; nobody has to report anything. A graph of versions and jobs, kept for ever: a
 * version that was deleted stays in it as gone. A team sees what its own jobs did.
 */
package io.moraine.dataset.lineage;
