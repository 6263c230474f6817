/**
 * Tenants. The installation begins with one team, {@code default}, whose admins are its operators
 * and may make others. Every team is born with its managed storage provider and an admin key.
 */
package io.moraine.dataset.team;
