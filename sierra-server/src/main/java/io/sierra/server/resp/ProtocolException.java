package io.sierra.server.resp;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of a connection make no sense from here on, so it has to be closed. Clients cause it at
 * will, so it costs no stack trace.
 */
public final class ProtocolException extends Exception {
    private final @Nullable String reply;

    private ProtocolException(@Nullable String reply) {
        super(reply == null ? "not the Redis protocol" : reply, null, false, false);
        this.reply = reply;
    }

    /** With Redis's {@code ERR Protocol error: <problem>} for the client. */
    static ProtocolException of(String problem) {
        return new ProtocolException("ERR Protocol error: " + problem);
    }

    /** Without a word: another protocol is spoken at the other end. */
    static ProtocolException silent() {
        return new ProtocolException(null);
    }

    /** Text of the error to send before closing; null to close without one. */
    public @Nullable String reply() {
        return reply;
    }
}
