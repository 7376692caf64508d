package io.sierra.server.testing;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of one server with one client begin and end with: new ones for each test. */
public abstract class ServedTest<S extends Served> {
    protected S server;
    protected RespClient client;

    /** What is tested. */
    protected abstract S newServer() throws IOException;

    @BeforeEach
    final void start() throws IOException {
        server = newServer();
        client = server.connect();
    }

    @AfterEach
    final void stop() throws IOException {
        client.close();
        server.close();
    }
}
