/**
 * Run tokens: signed proof for {@code moraine.runs} that a run event comes from a key of its team
 * (design section 6, "Trust"). A token is worth nothing to REST, lives at most 24 h and dies with
 * the key that gave it.
 */
package io.moraine.dataset.token;
