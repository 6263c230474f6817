/** The start of the service: first disk and database agree, then work begins. */
package io.moraine.cache.reconcile;
