package io.sierra.storage;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Short ways to make events for tests. */
public final class NewEvents {
    private NewEvents() {}

    /** An event of a stream, any version, with this payload. */
    public static NewEvent event(String stream, String payload) {
        return event(stream, null, new ExpectedVersion.Any(), utf8(payload));
    }

    /** An event that expects something. */
    public static NewEvent event(String stream, ExpectedVersion expected) {
        return event(stream, null, expected, utf8("payload"));
    }

    /** An event with an id of its client. */
    public static NewEvent event(String stream, EventId id, String payload) {
        return event(stream, id, new ExpectedVersion.Any(), utf8(payload));
    }

    /** An event with everything that tests vary. */
    public static NewEvent event(
            String stream, @Nullable EventId id, ExpectedVersion expected, byte[] payload) {
        return new NewEvent(
                StreamId.of(stream),
                utf8("name"),
                id,
                expected,
                NewEvent.NOW,
                payload,
                utf8("metadata"));
    }

    /** A number as an id. */
    public static EventId id(long number) {
        return new EventId(0x7000L, Long.MIN_VALUE | number);
    }

    /** The bytes of a text. */
    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
