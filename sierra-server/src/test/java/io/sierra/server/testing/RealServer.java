package io.sierra.server.testing;

import io.sierra.cluster.LocalNode;
import io.sierra.cluster.NodeOptions;
import io.sierra.server.SierraServer;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A server on a free port over a real node, whose directory goes when it is closed. */
public final class RealServer implements Served {
    private static final int SEGMENT_BYTES = 1 << 20;

    private final Path directory;
    private final boolean keepsDirectory;
    private final LocalNode node;
    private final SierraServer server;

    /** With default settings, but for small segments. */
    public RealServer() throws IOException {
        this(_ -> {});
    }

    /** With default settings but for what {@code change} changes. */
    public RealServer(Consumer<TestServer.Settings> change) throws IOException {
        this(Files.createTempDirectory("sierra-real-server"), false, SEGMENT_BYTES, change);
    }

    private RealServer(
            Path directory,
            boolean keepsDirectory,
            long segmentBytes,
            Consumer<TestServer.Settings> change)
            throws IOException {
        TestServer.Settings settings = new TestServer.Settings();
        change.accept(settings);
        this.directory = directory;
        this.keepsDirectory = keepsDirectory;
        StoreOptions store = StoreOptions.defaults().withSegmentSizeBytes(segmentBytes);
        node = LocalNode.open(NodeOptions.in(directory).withStore(store));
        server = SierraServer.start(node, settings.toOptions());
    }

    /** With the smallest segments, so that they roll over often, and many connections. */
    public static RealServer withSmallSegments() throws IOException {
        return new RealServer(
                Files.createTempDirectory("sierra-real-server"),
                false,
                StoreOptions.MIN_SEGMENT_BYTES,
                s -> s.maxConnections = 1000);
    }

    /** The same in a directory that stays when the server is closed. */
    public static RealServer withSmallSegmentsIn(Path directory) throws IOException {
        return new RealServer(directory, true, StoreOptions.MIN_SEGMENT_BYTES, _ -> {});
    }

    /** What is served. */
    public LocalNode node() {
        return node;
    }

    /** Closes the server and leaves the node as it is. */
    public void shutDown() {
        server.close();
    }

    @Override
    public InetSocketAddress address() {
        return server.localAddress();
    }

    @Override
    public void close() throws IOException {
        server.close();
        node.close();
        if (keepsDirectory) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(RealServer::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
