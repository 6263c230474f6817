/**
 * Who calls, for which team, and what they may: decided once, before any resource runs. Every
 * resource method needs a role: the one its {@link io.moraine.kit.auth.Requires} names, else {@code
 * reader} for GET and HEAD and {@code writer} for the rest; {@link io.moraine.kit.auth.Open} alone
 * lets anybody in. dataset-service looks keys up in its own tables, the other services ask it.
 */
package io.moraine.kit.auth;
