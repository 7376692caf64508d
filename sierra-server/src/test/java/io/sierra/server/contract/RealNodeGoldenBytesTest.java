package io.sierra.server.contract;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Served;
import java.io.IOException;

/** The same over the real store. */
class RealNodeGoldenBytesTest extends GoldenBytesTest {
    @Override
    protected Served newServer() throws IOException {
        return new RealServer();
    }
}
