/**
 * The work of the demo's run, a program of its own that knows nothing of Moraine but three
 * environment variables: it reads {@code $MORAINE_INPUTS/raw}, keeps what it needs for a while in
 * {@code $MORAINE_OUTPUTS/scratch}, and leaves a model in {@code $MORAINE_OUTPUTS/model}.
 */
package io.moraine.cli.train;
