/**
 * API keys: who may call, as which role, for which team. Only the hash of a key's secret is stored;
 * the key itself is shown once, by the call that makes it. A revoked key stays in the table, so
 * that its id still says whose it was.
 */
package io.moraine.dataset.key;
