/**
 * Which machines this service speaks to when a user names the host: public ones, unless the
 * installation says otherwise. Whoever connects does so to the address that was checked, never to
 * the name again, or a second look-up may answer differently (DNS rebinding).
 */
package io.moraine.dataset.net;
