package io.sierra.server.command;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event of an append while its options are being read, in any order. */
final class EventDraft {
    /** Latest point in time whose nanoseconds fit 63 bits, in the year 2262. */
    static final long MAX_TIMESTAMP_MILLIS = Long.MAX_VALUE / 1_000_000;

    /** What SierraDB takes for nanoseconds: its own nanoseconds have 64 bits. */
    private static final long NANOSECONDS_FROM = Long.divideUnsigned(-1, 1_000_000) + 1;

    private static final byte[] NONE = {};

    final StreamId streamId;
    private final byte[] name;
    private @Nullable EventId id;
    private @Nullable ExpectedVersion expectedVersion;
    private boolean hasTimestamp;
    private long timestampMillis = NewEvent.NOW;
    private byte @Nullable [] payload;
    private byte @Nullable [] metadata;

    EventDraft(StreamId streamId, byte[] name) {
        this.streamId = streamId;
        this.name = name;
    }

    /** Each of these answers false if the value was there before. */
    boolean setId(UUID uuid) {
        boolean isFirst = id == null;
        id = EventId.of(uuid);
        return isFirst;
    }

    boolean setExpectedVersion(ExpectedVersion expected) {
        boolean isFirst = expectedVersion == null;
        expectedVersion = expected;
        return isFirst;
    }

    /** {@code millis} is unsigned. */
    boolean setTimestamp(long millis) {
        boolean isFirst = !hasTimestamp;
        hasTimestamp = true;
        timestampMillis = millis;
        return isFirst;
    }

    boolean setPayload(byte[] data) {
        boolean isFirst = payload == null;
        payload = data;
        return isFirst;
    }

    boolean setMetadata(byte[] data) {
        boolean isFirst = metadata == null;
        metadata = data;
        return isFirst;
    }

    /** What is wrong with the values as a whole; null if nothing is. */
    @Nullable String problem(boolean strictVersioning) {
        if (strictVersioning) {
            switch (expectedVersion()) {
                case ExpectedVersion.Any any -> {
                    return strict(any);
                }
                case ExpectedVersion.Exists exists -> {
                    return strict(exists);
                }
                case ExpectedVersion.Empty _, ExpectedVersion.Exactly _ -> {}
            }
        }
        if (!hasTimestamp || Long.compareUnsigned(timestampMillis, MAX_TIMESTAMP_MILLIS) <= 0) {
            return null;
        }
        return Long.compareUnsigned(timestampMillis, NANOSECONDS_FROM) >= 0
                ? "invalid timestamp format: expected milliseconds, got nanoseconds"
                : "timestamp must be at most "
                        + MAX_TIMESTAMP_MILLIS
                        + " milliseconds, but got "
                        + timestampMillis;
    }

    NewEvent toEvent() {
        return new NewEvent(
                streamId,
                name,
                id,
                expectedVersion(),
                timestampMillis,
                payload == null ? NONE : payload,
                metadata == null ? NONE : metadata);
    }

    private ExpectedVersion expectedVersion() {
        return expectedVersion == null ? ArgumentCursor.ANY : expectedVersion;
    }

    private static String strict(ExpectedVersion rejected) {
        return "strict versioning mode rejects EXPECTED_VERSION " + rejected;
    }
}
