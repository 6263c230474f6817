/**
 * The paging of the Gradient API's lists: LoopBack filters in the query, a bare array as the
 * answer, no total. Lists of our own page by key instead ({@link PageFilter}).
 */
package io.moraine.dataset.paging;
