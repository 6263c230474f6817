/**
 * Refusals as data, answered as {@code application/problem+json} (RFC 9457). Each feature lists its
 * own problems as records; every detail names the thing, the reason and the way out. Besides the
 * standard's members a problem has {@code error: {statusCode, name, message}}, which the original
 * Gradient client prints; there is no {@code title}, because that client would print the message
 * twice.
 */
package io.moraine.kit.problem;
