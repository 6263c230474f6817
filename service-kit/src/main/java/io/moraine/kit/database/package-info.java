/**
 * Transactions as a type: a verb opens one and hands it to the stores and the outbox that take part
 * in it, without seeing SQL itself.
 */
package io.moraine.kit.database;
