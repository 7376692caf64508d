package io.sierra.server.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Waits until the operator wants the process to end.
 *
 * <p>A shutdown hook would do for stopping, but it cannot tell SIGTERM from an exit for a failure
 * and so not choose the exit code. The JDK's signal handling has no supported interface, only one
 * that the compiler warns of; it is reached by name. Where it is missing, SIGTERM ends the process
 * as it ends any Java program, and the store recovers at the next start.
 */
class StopSignal {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    /** From now on SIGINT and SIGTERM are caught. */
    void install() {
        handle("INT");
        handle("TERM");
    }

    /** Blocks until a signal arrives; returns its name, for example {@code SIGTERM}. */
    String await() throws InterruptedException {
        return received.take();
    }

    /** As if the signal of this name had arrived. */
    final void receive(String name) {
        received.add(name);
    }

    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal =
                    (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "handle" -> {
                                    received.add("SIG" + name);
                                    yield null;
                                }
                                case "equals" -> proxy == arguments[0];
                                case "hashCode" -> System.identityHashCode(proxy);
                                default -> "stop on SIG" + name;
                            };
            Object proxy =
                    Proxy.newProxyInstance(
                            StopSignal.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException _) {
            // Said above: nothing is lost but the exit code.
        }
    }
}
