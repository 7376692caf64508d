package io.sierra.server.testing;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A server under test, whatever is behind it. */
public interface Served extends AutoCloseable {

    /** Where it listens. */
    InetSocketAddress address();

    /** A new connection to it. */
    default RespClient connect() throws IOException {
        return new RespClient(address());
    }

    @Override
    void close() throws IOException;
}
