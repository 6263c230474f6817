/**
 * Requests that are carried out once however often they are sent. A POST may name an {@code
 * Idempotency-Key}; the row of it is written before the request is carried out and gets the answer
 * afterwards, so that the same request sent again is answered with the same words, and nothing is
 * done twice. What a crash leaves without an answer is said to be unknown (ADR 0013). Every POST
 * method is either {@link Idempotent} or {@link NaturallyIdempotent}.
 */
package io.moraine.dataset.idempotency;
