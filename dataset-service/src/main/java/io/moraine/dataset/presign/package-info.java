/**
 * The original Gradient client's way to files: it asks for signed S3 calls ({@code
 * gradient-api-contract} sections 6 and 7) and makes them at the S3 gateway. It does not look at
 * what a PUT answers and hangs on a GET or DELETE that fails, so whatever can be refused is refused
 * here, before anything is signed; and every PUT that is signed is announced, so that no commit
 * leaves it out unseen.
 */
package io.moraine.dataset.presign;
