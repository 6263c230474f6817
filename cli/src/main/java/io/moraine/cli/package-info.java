/**
 * The {@code moraine} command. {@code client} speaks to the services, {@code run} runs a local
 * process as a workflow engine would, {@code tree} is a directory as the files of a version, {@code
 * data} has the commands about datasets, {@code demo} shows the main job on real data, {@code
 * train} is the work that the demo's run does. Each uses only those before it.
 */
package io.moraine.cli;
