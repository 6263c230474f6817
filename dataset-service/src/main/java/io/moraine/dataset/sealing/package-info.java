/**
 * Secrets that have to be had again in clear, encrypted for the database. A dump of the database is
 * worth nothing without the key file, and a sealed secret nothing in another row.
 */
package io.moraine.dataset.sealing;
