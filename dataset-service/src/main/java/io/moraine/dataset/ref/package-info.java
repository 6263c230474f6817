/**
 * What a ref names: the one place where a dataset and a selector ({@code latest}, a tag, a version,
 * a digest) become a dataset's and a version's id, for refs and for the segments of REST paths
 * alike. Knows ids only, so that whatever shows versions may use it.
 */
package io.moraine.dataset.ref;
