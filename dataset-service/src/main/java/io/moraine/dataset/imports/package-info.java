/**
 * Imports: files from a URL, a bucket or a git repository become a version.
 *
 * <p>A row says what is wanted and how far it is; whoever has its lease makes it so: begins a draft
 * once, fills it, says from time to time up to where all of the source is in it, and commits it
 * with a message that says where it came from. After a crash the next one goes on from there, as
 * far as the source is still the same; else with a new draft. An import ends done, failed or
 * cancelled, and in the latter two leaves no version; its secrets are gone then.
 *
 * <p>Sources are hostile until shown otherwise: every host is looked up and checked where it is
 * connected to, archives and repositories are read as streams within limits, and nothing they hold
 * is ever a path outside of the version.
 */
package io.moraine.dataset.imports;
