package io.sierra.server.push;

import io.sierra.server.command.ChannelName;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What channel an event is on. Belongs to one subscription and one thread at a time. */
public interface EventChannel {
    /** Writes the channel of {@code event} as a bulk string. */
    void write(EventView event, RespWriter out);

    /** All events are on this one. */
    static EventChannel fixed(byte[] channel) {
        return (_, out) -> out.bulk(channel);
    }

    /** Everything that there is: {@code sierra:all}. */
    static EventChannel ofEverything() {
        return fixed(ChannelName.ALL.getBytes(StandardCharsets.US_ASCII));
    }

    /** Each stream has its own: {@code sierra:stream:<id>}. */
    static EventChannel ofStreams() {
        byte[] prefix = ChannelName.STREAM.getBytes(StandardCharsets.US_ASCII);
        return (event, out) -> {
            int lengthBytes = prefix.length + event.streamIdLengthBytes();
            ByteBuffer channel = out.beginBulk(lengthBytes);
            channel.put(prefix);
            event.copyStreamId(channel);
            out.endBulk(channel, lengthBytes);
        };
    }

    /** Each partition has its own: {@code sierra:partition:<id>}. */
    static EventChannel ofPartitions() {
        return (event, out) -> out.bulk(ChannelName.PARTITION + event.partitionId());
    }
}
