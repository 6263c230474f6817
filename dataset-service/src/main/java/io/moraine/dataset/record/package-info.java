/**
 * Dataset records: what a lost database would lose of a dataset, its name, tags, edited messages
 * and rules, written to the bucket after each change. A trigger on the outbox says which datasets
 * are due, in the transaction of the change. The record of the highest sequence counts; it may lag
 * by what is due.
 */
package io.moraine.dataset.record;
