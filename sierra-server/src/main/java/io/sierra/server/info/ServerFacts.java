package io.sierra.server.info;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.IntSupplier;

/**
 * What is fixed while the server runs.
 *
 * @param runId 40 hex digits, another one at each start
 * @param tcpPort where clients connect, known once the server listens
 * @param ioModel how sockets are served: {@code epoll} or {@code nio}
 * @param startedAtNanos of {@link System#nanoTime}
 */
public record ServerFacts(
        String runId,
        IntSupplier tcpPort,
        int maxConnections,
        String ioModel,
        long startedAtNanos) {
    /** Version of Redis whose behaviour clients may count on; some of them ask for it. */
    public static final String REDIS_VERSION = "7.2.4";

    /** Version of SierraDB whose clients work here unmodified. */
    public static final String WIRE_VERSION = "0.3.1";

    private static final int RUN_ID_BYTES = 20;

    /** Facts of a server that starts now. */
    public static ServerFacts ofStart(IntSupplier tcpPort, int maxConnections, String ioModel) {
        byte[] runId = new byte[RUN_ID_BYTES];
        new SecureRandom().nextBytes(runId);
        return new ServerFacts(
                HexFormat.of().formatHex(runId),
                tcpPort,
                maxConnections,
                ioModel,
                System.nanoTime());
    }

    /** This project's own version, or {@code dev} if it does not run from its jar. */
    public static String productVersion() {
        String version = ServerFacts.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
