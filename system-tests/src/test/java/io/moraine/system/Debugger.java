package io.moraine.system;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Location;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.ClassPrepareRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;

/** Stops a JVM of the stack at one of its fault points. Closing it lets the JVM go on. */
final class Debugger implements AutoCloseable {
  /** What a JVM is started with that one can be attached to, on a port that it says. */
  static final Map<String, String> VARIABLES =
      Map.of(
          "JAVA_TOOL_OPTIONS",
          "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0");

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern PORT = Pattern.compile("dt_socket at address: (\\d+)");
  private static final String FAULT_POINT = "io.moraine.kit.FaultPoint";

  private final VirtualMachine machine;

  private Debugger(VirtualMachine machine) {
    this.machine = machine;
  }

  /**
   * Attached to the JVM that began to write {@code log} last; from now on it stops at every fault
   * point.
   */
  static Debugger attach(Path log) throws IOException, IllegalConnectorArgumentsException {
    String port =
        PORT.matcher(Files.readString(log))
            .results()
            .map(match -> match.group(1))
            .reduce((before, last) -> last)
            .orElseThrow(() -> new NoSuchElementException(log + " names no debugger's port"));
    AttachingConnector connector =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(c -> c.name().equals("com.sun.jdi.SocketAttach"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue(port);
    Debugger debugger = new Debugger(connector.attach(arguments));
    debugger.stopAtFaultPoints();
    return debugger;
  }

  /** Now, or as soon as the first of them is passed. */
  private void stopAtFaultPoints() {
    ClassPrepareRequest loaded = machine.eventRequestManager().createClassPrepareRequest();
    loaded.addClassFilter(FAULT_POINT);
    loaded.enable();
    machine.classesByName(FAULT_POINT).forEach(this::stopAt);
  }

  private void stopAt(ReferenceType faultPoint) {
    Location begin = faultPoint.methodsByName("reached").get(0).location();
    machine.eventRequestManager().createBreakpointRequest(begin).enable();
  }

  /** Returns when all threads stand still, one of them right behind the step {@code point}. */
  void awaitStop(String point) throws InterruptedException, IncompatibleThreadStateException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      EventSet events = machine.eventQueue().remove(PATIENCE.toMillis());
      if (events == null) {
        break;
      }
      for (Event event : events) {
        if (event instanceof ClassPrepareEvent prepared) {
          stopAt(prepared.referenceType());
        }
        if (event instanceof BreakpointEvent stop && point.equals(step(stop))) {
          return;
        }
      }
      events.resume();
    }
    throw new IllegalStateException("the step " + point + " is never reached");
  }

  private static String step(BreakpointEvent stop) throws IncompatibleThreadStateException {
    return ((StringReference) stop.thread().frame(0).getArgumentValues().get(0)).value();
  }

  /** Of a JVM that was killed, nothing is left to do. */
  @Override
  public void close() {
    try {
      machine.dispose();
    } catch (VMDisconnectedException e) {
      // As expected.
    }
  }
}
