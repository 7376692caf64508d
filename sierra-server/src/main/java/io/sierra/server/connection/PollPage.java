package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.command.Command.ReadPartitions;
import io.sierra.protocol.command.Command.ReadStreams;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The reply to an EREAD or EPREAD: for each stream or partition that has events its name and an
 * array of them. In RESP3 a map, in RESP2 an array of pairs, as Redis answers XREAD.
 */
final class PollPage {
    private static final int FIRST_CAPACITY = 512;

    private final Poll command;
    private final RespVersion version;
    private final ByteBufAllocator allocator;

    /** How many there are is known only afterwards, so they cannot go into the reply at once. */
    private final ByteBuf events;

    private final PageWriter writer;
    private final List<Section> sections = new ArrayList<>();

    PollPage(Poll command, RespVersion version, int maxBytes, ByteBufAllocator allocator) {
        this.command = command;
        this.version = version;
        this.allocator = allocator;
        this.events = allocator.buffer(FIRST_CAPACITY);
        this.writer = new PageWriter(events, version, maxBytes);
    }

    /** Adds an event of a stream or partition of the command; false if there is no room for it. */
    boolean add(int index, EventView event) {
        if (!writer.onEvent(event)) {
            return false;
        }
        if (sections.isEmpty() || sections.getLast().index != index) {
            sections.add(new Section(index));
        }
        Section section = sections.getLast();
        section.count++;
        section.endOffset = events.writerIndex();
        return true;
    }

    /** The reply with the events so far, of which there is one at least; the caller releases it. */
    ByteBuf encode() {
        ByteBuf out = allocator.buffer(events.readableBytes() + FIRST_CAPACITY);
        try {
            RespWriter reply = new RespWriter(out, version);
            if (version == RespVersion.RESP3) {
                reply.mapHeader(sections.size());
            } else {
                reply.arrayHeader(sections.size());
            }
            for (Section section : sections) {
                if (version != RespVersion.RESP3) {
                    reply.arrayHeader(2);
                }
                reply.bulk(nameOf(section.index));
                reply.arrayHeader(section.count);
                reply.frames(events.readSlice(section.endOffset - events.readerIndex()));
            }
            return out;
        } catch (RuntimeException | OutOfMemoryError e) {
            out.release();
            throw e;
        }
    }

    void release() {
        events.release();
    }

    private byte[] nameOf(int index) {
        return switch (command) {
            case ReadStreams read -> read.streams().get(index).streamId().utf8();
            case ReadPartitions read ->
                    nameOf(read.partitions().get(index).partition())
                            .getBytes(StandardCharsets.US_ASCII);
        };
    }

    private static String nameOf(PartitionSelector partition) {
        return switch (partition) {
            case PartitionSelector.ById(int partitionId) -> Integer.toString(partitionId);
            case PartitionSelector.ByKey(var key) -> key.toString();
        };
    }

    /** The events of one stream or partition. */
    private static final class Section {
        final int index;
        int count;

        /** Exclusive, in the buffer of events. */
        int endOffset;

        Section(int index) {
            this.index = index;
        }
    }
}
