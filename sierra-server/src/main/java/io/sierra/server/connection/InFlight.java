package io.sierra.server.connection;

import io.sierra.storage.concurrent.OwnedBy;

/** How much of one connection is waiting for an answer, against what it may have. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class InFlight {
    private final int maxCommands;
    private final long maxBytes;
    private int commands;
    private long bytes;

    InFlight(FrontEndOptions options) {
        maxCommands = options.maxInFlight();
        maxBytes = options.maxInFlightBytes();
    }

    void add(long lengthBytes) {
        commands++;
        bytes += lengthBytes;
    }

    void remove(long lengthBytes) {
        commands--;
        bytes -= lengthBytes;
    }

    /** Bytes of events being appended. */
    long bytes() {
        return bytes;
    }

    /** Whether a further command may be taken in. */
    boolean hasRoom() {
        return commands < maxCommands && bytes < maxBytes;
    }

    /** Whether so much is done that taking in is worth resuming. */
    boolean isHalfEmpty() {
        return commands <= maxCommands / 2 && bytes <= maxBytes / 2;
    }
}
