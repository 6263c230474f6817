/**
 * Secrets of teams, and of whatever they call projects and clusters, as the Gradient client sets
 * them: sealed in the database ({@code sealing}), listed by name, told to nobody. Features of ours
 * that a spec names one to ({@code secret:NAME}, {@code secret:ephemeral:HANDLE}) open it inside.
 */
package io.moraine.dataset.secret;
