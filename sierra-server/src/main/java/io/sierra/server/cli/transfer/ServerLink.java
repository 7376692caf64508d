package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.HostAndPort;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made again when it breaks. Only for requests that may be repeated: one whose
 * reply was lost is sent once more.
 */
final class ServerLink implements AutoCloseable {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final HostAndPort address;
    private final Duration patience;
    private @Nullable RespClient client;

    /** A request that may be sent again. */
    @FunctionalInterface
    interface Request<T> {
        T send(RespClient client) throws IOException;
    }

    /**
     * Connects.
     *
     * @param patience how long to try when the connection breaks later
     * @throws CommandFailedException if nobody answers there
     */
    ServerLink(HostAndPort address, Duration patience) {
        this.address = address;
        this.patience = patience;
        try {
            client = new RespClient(address);
        } catch (IOException e) {
            throw new CommandFailedException(
                    "no SierraDB server at " + address + ": " + e.getMessage(), e);
        }
    }

    /**
     * The outcome of a request, after as many new connections as it takes.
     *
     * @throws CommandFailedException if there is no connection for longer than the patience lasts
     * @throws RespValue.RefusedException if the server answered with an error
     */
    <T> T ask(Request<T> request) throws IOException {
        @Nullable Long firstFailureNanos = null;
        for (long pause = FIRST_PAUSE_MILLIS; ; pause = longer(pause)) {
            try {
                RespClient current = client;
                if (current == null) {
                    current = new RespClient(address);
                    client = current;
                }
                return request.send(current);
            } catch (RespValue.RefusedException e) {
                throw e;
            } catch (IOException e) {
                close();
                if (firstFailureNanos == null) {
                    firstFailureNanos = System.nanoTime();
                }
                if (System.nanoTime() - firstFailureNanos > patience.toNanos()) {
                    throw new CommandFailedException(
                            "lost the server at " + address + ": " + e.getMessage(), e);
                }
                pause(pause);
            }
        }
    }

    static long longer(long pauseMillis) {
        return Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }

    static void pause(long millis) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
