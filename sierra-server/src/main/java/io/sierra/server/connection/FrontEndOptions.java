package io.sierra.server.connection;

import io.sierra.server.resp.RespLimits;
import java.net.InetSocketAddress;

/**
 * How the server listens to clients, and what one client may cost.
 *
 * @param clientAddress where to listen; port 0 takes a free one
 * @param eventLoops threads that serve sockets, at least 1
 * @param defaultProtocol until a connection says HELLO
 * @param strictVersioning whether appends must say which version they expect
 * @param respLimits what a request may cost before it is refused
 * @param maxConnections open at once; further ones are told so and closed
 * @param maxInFlight commands of one connection without an answer; while there are that many
 *     nothing more is read from it
 * @param maxInFlightBytes the same for bytes of events being appended
 * @param outputHighBytes unsent replies of one connection at which nothing more is read from it
 * @param outputLowBytes unsent replies at which reading goes on, below {@code outputHighBytes}
 * @param memoryBytes unfinished requests, unread replies and events being appended of all
 *     connections together; beyond it connections that want more are closed
 * @param readerThreads threads that read events, at least 1
 * @param readerQueueLength reads that wait for a reader thread; further ones are refused
 * @param pageBytes a scan ends its page before it grows beyond this, with one event at least
 * @param maxBlockMillis longest time that EREAD and EPREAD wait
 * @param peerId name of this node in the reply to HELLO
 */
public record FrontEndOptions(
        InetSocketAddress clientAddress,
        int eventLoops,
        DefaultProtocol defaultProtocol,
        boolean strictVersioning,
        RespLimits respLimits,
        int maxConnections,
        int maxInFlight,
        long maxInFlightBytes,
        int outputHighBytes,
        int outputLowBytes,
        long memoryBytes,
        int readerThreads,
        int readerQueueLength,
        int pageBytes,
        int maxBlockMillis,
        String peerId) {

    /** Libraries that write a whole pipeline before they read may do so with 50,000 appends. */
    private static final int OUTPUT_HIGH_BYTES = 16 << 20;

    private static final int MAX_BLOCK_MILLIS = 3_600_000;

    public FrontEndOptions {
        check("event loops", eventLoops, 1, 1024);
        check("max connections", maxConnections, 1, Integer.MAX_VALUE);
        check("max in flight", maxInFlight, 1, 1 << 20);
        check("max in flight bytes", maxInFlightBytes, 1, Long.MAX_VALUE);
        check("output high bytes", outputHighBytes, 1, 1 << 30);
        check("output low bytes", outputLowBytes, 0, outputHighBytes - 1L);
        check("memory bytes", memoryBytes, 1, Long.MAX_VALUE);
        check("reader threads", readerThreads, 1, 1024);
        check("reader queue length", readerQueueLength, 1, 1 << 20);
        check("page bytes", pageBytes, 1, 1 << 30);
        check("max block millis", maxBlockMillis, 1, MAX_BLOCK_MILLIS);
    }

    /** The defaults at this address: half the cores serve sockets, as many threads read. */
    public static FrontEndOptions defaultsAt(InetSocketAddress clientAddress) {
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return new FrontEndOptions(
                clientAddress,
                half,
                DefaultProtocol.AUTO,
                false,
                RespLimits.DEFAULT,
                10_000,
                4096,
                64L << 20,
                OUTPUT_HIGH_BYTES,
                OUTPUT_HIGH_BYTES / 4,
                256L << 20,
                Math.max(2, half),
                8192,
                1 << 20,
                60_000,
                "sierra");
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
