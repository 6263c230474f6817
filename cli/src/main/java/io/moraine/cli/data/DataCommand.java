package io.moraine.cli.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.moraine.cli.client.CommandFailed;
import io.moraine.cli.client.Datasets;
import io.moraine.cli.client.ExitCode;
import io.moraine.content.file.CorruptContentException;
import io.moraine.content.transfer.CallRefusedException;
import io.moraine.content.transfer.FileChangedException;
import io.moraine.content.transfer.MissingContentException;
import io.moraine.content.transfer.TransferLimits;
import io.moraine.content.transfer.TransferMeter;
import io.moraine.content.transfer.Transport;
import io.moraine.content.transfer.UnansweredException;
import io.moraine.content.transfer.VersionCalls;
import io.moraine.events.Json;
import io.moraine.vocabulary.DatasetId;
import io.moraine.vocabulary.VersionId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What the commands about datasets share: where the service is, {@code --json}, and their exit
 * codes. Data goes to standard output, everything else to standard error.
 */
@Command(
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:wrong usage",
      "3:there is no such dataset, version, tag or file",
      "4:refused, or in conflict with what is there",
      "5:bytes are not what their digest says"
    })
abstract class DataCommand implements Callable<Integer> {
  private static final int NOT_FOUND = 404;

  @Spec CommandSpec command;

  @Mixin Connection connection;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  final TransferMeter meter = new TransferMeter();
  private Transport transport;
  private Datasets datasets;

  /** Does it. */
  abstract void run() throws IOException, InterruptedException;

  @Override
  public final Integer call() throws InterruptedException, IOException {
    try {
      run();
      return ExitCode.OK.code();
    } catch (CallRefusedException e) {
      if (e.status() == NOT_FOUND && !e.missing().isEmpty()) {
        // Not what was asked for is missing, but what it is made of.
        throw CommandFailed.damaged(e.getMessage(), e);
      }
      throw ExitCode.failure(e.status(), e.getMessage(), e);
    } catch (UnansweredException e) {
      throw new CommandFailed(e.getMessage(), e);
    } catch (FileChangedException e) {
      throw CommandFailed.refused(e.getMessage());
    } catch (CorruptContentException | MissingContentException e) {
      throw CommandFailed.damaged(e.getMessage(), e);
    } catch (InterruptedIOException e) {
      throw (InterruptedException) new InterruptedException().initCause(e);
    }
  }

  final Datasets datasets() {
    datasets = datasets == null ? connection.find().datasets() : datasets;
    return datasets;
  }

  final Transport transport() {
    transport = transport == null ? new Transport(TransferLimits.DEFAULT) : transport;
    return transport;
  }

  final VersionCalls calls(DatasetId dataset, VersionId version) {
    return new VersionCalls(
        datasets().endpoint(), transport(), meter, dataset.text(), version.text());
  }

  final PrintWriter out() {
    return command.commandLine().getOut();
  }

  final PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** Prints {@code data} as JSON, if that was asked for. */
  final boolean printed(Object data) {
    if (!json) {
      return false;
    }
    try {
      out().println(Json.mapper().writeValueAsString(data));
      return true;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A line for a person, on standard error. */
  final void say(String line) {
    err().println("moraine: " + line);
  }
}
