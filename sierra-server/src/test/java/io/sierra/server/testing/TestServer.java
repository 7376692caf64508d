package io.sierra.server.testing;

import io.sierra.server.SierraServer;
import io.sierra.server.connection.DefaultProtocol;
import io.sierra.server.connection.FrontEndOptions;
import io.sierra.server.resp.RespLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** A server on a free port over a {@link FakeNode}. */
public final class TestServer implements Served {
    /** What it serves. */
    public final FakeNode node = new FakeNode();

    private final SierraServer server;

    /** With default settings. */
    public TestServer() throws IOException {
        this(_ -> {});
    }

    /** With default settings but for what {@code change} changes. */
    public TestServer(Consumer<Settings> change) throws IOException {
        Settings settings = new Settings();
        change.accept(settings);
        server = SierraServer.start(node, settings.toOptions());
    }

    @Override
    public InetSocketAddress address() {
        return server.localAddress();
    }

    /** Closes the server and leaves the node as it is. */
    public void shutDown() {
        server.close();
    }

    @Override
    public void close() {
        node.close();
        server.close();
    }

    /** Settings that tests change. */
    public static final class Settings {
        /** Where to listen. */
        public InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

        /** Threads for sockets. */
        public int eventLoops = 2;

        /** Before HELLO. */
        public DefaultProtocol protocol = DefaultProtocol.AUTO;

        /** Whether EXPECTED_VERSION is a must. */
        public boolean strict;

        /** Of requests. */
        public RespLimits limits = RespLimits.DEFAULT;

        /** Open at once. */
        public int maxConnections = 100;

        /** Commands under way of one connection. */
        public int maxInFlight = 4096;

        /** Reads that wait. */
        public int readerQueueLength = 8192;

        /** Largest page of several events. */
        public int pageBytes = 1 << 20;

        /** Longest wait of a poll. */
        public int maxBlockMillis = 60_000;

        /** Of all connections. */
        public long memoryBytes = 256L << 20;

        public FrontEndOptions toOptions() {
            return new FrontEndOptions(
                    address,
                    eventLoops,
                    protocol,
                    strict,
                    limits,
                    maxConnections,
                    maxInFlight,
                    64L << 20,
                    1 << 20,
                    256 << 10,
                    memoryBytes,
                    2,
                    readerQueueLength,
                    pageBytes,
                    maxBlockMillis,
                    "test-peer");
        }
    }
}
