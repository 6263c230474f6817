/**
 * The services as a command line sees them: where they are and whose key to show ({@link
 * io.moraine.cli.client.Stack}), the REST calls, run events to Kafka, and waiting through their
 * restarts ({@link io.moraine.cli.client.Patience}). Every failure is a {@link
 * io.moraine.cli.client.CommandFailed} that can be shown as it is.
 */
package io.moraine.cli.client;
