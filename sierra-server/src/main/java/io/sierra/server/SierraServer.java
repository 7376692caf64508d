package io.sierra.server;

import io.sierra.cluster.Node;
import io.sierra.server.connection.ClientListener;
import io.sierra.server.connection.FrontEndOptions;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A running server: a node and the front end that clients reach it through. */
public final class SierraServer implements AutoCloseable {
    private final ClientListener listener;

    private SierraServer(ClientListener listener) {
        this.listener = listener;
    }

    /**
     * Does what a start does later anyway and what needs no settings, so that another thread can do
     * it meanwhile: a start is nearly all loading of classes.
     */
    public static void prepare() {
        ClientListener.prepare();
    }

    /**
     * Starts to serve clients from {@code node}, which stays the caller's to close, after the
     * server.
     *
     * @throws IOException if the address cannot be bound; its message says which and why
     */
    public static SierraServer start(Node node, FrontEndOptions options) throws IOException {
        return new SierraServer(ClientListener.start(node, options));
    }

    /** Where clients connect; never with port 0. */
    public InetSocketAddress localAddress() {
        return listener.localAddress();
    }

    /** Answers what has been accepted, for at most 5 seconds, and closes the connections. */
    @Override
    public void close() {
        listener.close();
    }
}
