package io.sierra.protocol.version;

/**
 * Version of the last event of a stream.
 *
 * @param streamVersion 0-based, or -1 for a stream without events
 */
public record CurrentVersion(long streamVersion) {
    /** A stream without events. */
    public static final CurrentVersion EMPTY = new CurrentVersion(-1);

    public CurrentVersion {
        if (streamVersion < -1) {
            throw new IllegalArgumentException("no stream version: " + streamVersion);
        }
    }

    /** Whether the stream has no events. */
    public boolean isEmpty() {
        return streamVersion == -1;
    }

    @Override
    public String toString() {
        return isEmpty() ? "empty" : Long.toString(streamVersion);
    }
}
