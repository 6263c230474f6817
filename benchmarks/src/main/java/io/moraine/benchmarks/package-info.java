/**
 * What is measured from outside, each beside a peer or a physical limit in the same run (rounds
 * alternate), never asserted. One JSON line per round in {@code benchmarks/results/}, a table on
 * the terminal.
 */
package io.moraine.benchmarks;
