package io.sierra.server.connection;

/** What a connection speaks before it has said HELLO. */
public enum DefaultProtocol {
    /** RESP2 as in Redis; RESP3 for the library that SierraDB's Rust client is built on. */
    AUTO,
    /** RESP2. */
    RESP2,
    /** RESP3. */
    RESP3
}
