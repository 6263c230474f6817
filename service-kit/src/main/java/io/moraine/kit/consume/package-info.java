/**
 * How events come in: checked, at most once per sequence, and with no effect but rows of our own
 * that say what is wanted. The transaction that writes them is the whole of the handling; workers
 * make it so afterwards. What can never be processed goes to the dead-letter topic with the reason
 * and the next event is processed; what cannot be processed now (a database that is away) waits, in
 * order.
 */
package io.moraine.kit.consume;
