/**
 * The product as a user has it: the {@code moraine} command, the REST calls and Kafka, and nothing
 * of the code behind them. For system tests and benchmarks.
 */
package io.moraine.testkit.blackbox;
