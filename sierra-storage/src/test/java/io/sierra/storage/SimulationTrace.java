package io.sierra.storage;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells what a simulation does, to somebody or to nobody. */
final class SimulationTrace {
    private final @Nullable Consumer<String> listener;

    private SimulationTrace(@Nullable Consumer<String> listener) {
        this.listener = listener;
    }

    /** A trace that nobody wants. */
    static SimulationTrace off() {
        return new SimulationTrace(null);
    }

    static SimulationTrace to(Consumer<String> listener) {
        return new SimulationTrace(listener);
    }

    /** One step; formatted only if somebody listens. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is not among the libraries
    void note(String format, @Nullable Object... arguments) {
        if (listener != null) {
            listener.accept(format.formatted(arguments));
        }
    }
}
