package io.moraine.dataset.s3;

import io.moraine.kit.auth.Role;
import io.moraine.vocabulary.TeamId;

/**
 * What a request's signature proved.
 *
 * @param signature of the request, which the signatures of a body's chunks go on from
 * @param signingKey of its day and region
 * @param timestamp when it was signed, as it says it
 * @param scope of the signing key, as it says it
 * @param bodyHash what the signature says of the body: a SHA-256 in hexadecimal digits, or one of
 *     the words of {@link ProvedBody}
 */
record Proof(
    TeamId team,
    Role role,
    String signature,
    byte[] signingKey,
    String timestamp,
    String scope,
    String bodyHash) {}
