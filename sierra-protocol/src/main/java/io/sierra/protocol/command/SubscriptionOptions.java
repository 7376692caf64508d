package io.sierra.protocol.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client may ask of a subscription after the word {@code WITH}. A client that does not ask
 * sees nothing of it.
 *
 * @param caughtUp {@code CAUGHTUP}: tell each time the end of what is confirmed is reached
 * @param heartbeatMillis {@code HEARTBEAT <ms>}: tell the positions after so long without a push; 0
 *     if not asked for
 * @param names {@code NAMES <n> <event name> …} in UTF-8: only events of these names; empty: all
 * @param streamPrefix {@code STREAMPREFIX <prefix>} in UTF-8: only events of streams whose id
 *     begins so; empty: all
 * @param json {@code FORMAT JSON}: an event is one bulk string that holds a JSON object
 * @param pushKind {@code PUSH <kind>}: pushes of this kind, without maps and without confirmation
 */
public record SubscriptionOptions(
        boolean caughtUp,
        long heartbeatMillis,
        List<byte[]> names,
        byte[] streamPrefix,
        boolean json,
        @Nullable String pushKind) {
    /** Nothing asked for. */
    public static final SubscriptionOptions NONE =
            new SubscriptionOptions(false, 0, List.of(), new byte[0], false, null);

    public SubscriptionOptions {
        names = List.copyOf(names);
        if (heartbeatMillis < 0) {
            throw new IllegalArgumentException("negative heartbeat: " + heartbeatMillis);
        }
    }
}
