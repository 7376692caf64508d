package io.sierra.server.push;

import io.sierra.cluster.subscription.EventFilter;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.command.GlobPattern;
import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Looks at the name and the stream id of events. Makes no object while it does. */
public final class EventMatcher {
    private EventMatcher() {}

    /** Events of the names and of streams with the prefix that a subscription asked for. */
    public static EventFilter of(SubscriptionOptions options) {
        boolean anyName = options.names().isEmpty();
        EventFilter streams =
                options.streamPrefix().length == 0
                        ? EventFilter.ALL
                        : new StreamPrefix(options.streamPrefix());
        if (anyName) {
            return streams;
        }
        EventFilter names = new Names(options.names());
        return streams == EventFilter.ALL
                ? names
                : event -> names.matches(event) && streams.matches(event);
    }

    /** Events of streams whose id matches. */
    public static EventFilter of(GlobPattern streamIds) {
        return new StreamGlob(streamIds);
    }

    /** Streams whose id begins so. */
    private static final class StreamPrefix implements EventFilter {
        private final byte[] prefix;
        private final ByteBuffer streamId = ByteBuffer.allocate(StreamId.MAX_LENGTH_BYTES);

        StreamPrefix(byte[] prefix) {
            this.prefix = prefix;
        }

        @Override
        public boolean matches(EventView event) {
            if (event.streamIdLengthBytes() < prefix.length) {
                return false;
            }
            event.copyStreamId(streamId.clear());
            return Arrays.equals(streamId.array(), 0, prefix.length, prefix, 0, prefix.length);
        }
    }

    /** Streams whose id matches a pattern. */
    private static final class StreamGlob implements EventFilter {
        private final GlobPattern pattern;
        private final ByteBuffer streamId = ByteBuffer.allocate(StreamId.MAX_LENGTH_BYTES);

        StreamGlob(GlobPattern pattern) {
            this.pattern = pattern;
        }

        @Override
        public boolean matches(EventView event) {
            event.copyStreamId(streamId.clear());
            return pattern.matches(streamId.array(), streamId.position());
        }
    }

    /** Events of one of these names. */
    private static final class Names implements EventFilter {
        /** Sorted by {@link Arrays#compare(byte[], byte[])}. */
        private final byte[][] names;

        private final ByteBuffer name = ByteBuffer.allocate(NewEvent.MAX_NAME_LENGTH_BYTES);

        Names(List<byte[]> names) {
            this.names = names.toArray(byte[][]::new);
            Arrays.sort(this.names, Arrays::compare);
        }

        @Override
        public boolean matches(EventView event) {
            event.copyName(name.clear());
            int low = 0;
            int high = names.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = compareTo(names[middle]);
                if (order == 0) {
                    return true;
                }
                if (order > 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return false;
        }

        private int compareTo(byte[] wanted) {
            return Arrays.compare(name.array(), 0, name.position(), wanted, 0, wanted.length);
        }
    }
}
