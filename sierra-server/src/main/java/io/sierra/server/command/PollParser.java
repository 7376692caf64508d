package io.sierra.server.command;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionStart;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.command.Command.ReadPartitions;
import io.sierra.protocol.command.Command.ReadStreams;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Arguments of one EREAD or EPREAD: options in any order, then names, then as many numbers. */
final class PollParser {
    private static final long DEFAULT_COUNT = 100;

    private final ArgumentCursor cursor;
    private long count;
    private long blockMillis = Poll.NO_WAIT;
    private @Nullable PartitionKey partitionKey;

    PollParser(ArgumentCursor cursor) {
        this.cursor = cursor;
    }

    ParseResult parseStreams() {
        while (!cursor.takeKeyword("STREAMS")) {
            if (!takeOption("COUNT, BLOCK, PARTITION_KEY or STREAMS", /* knowsKey= */ true)) {
                return cursor.refused();
            }
        }
        int half = cursor.remaining() / 2;
        if (cursor.remaining() % 2 != 0) {
            return cursor.because(
                    "unbalanced list of streams: for each stream a version or $ is expected");
        }
        List<StreamId> streamIds = new ArrayList<>(half);
        do {
            StreamId streamId = cursor.takeStreamId("stream id");
            if (streamId == null) {
                return cursor.refused();
            }
            streamIds.add(streamId);
        } while (streamIds.size() < half);

        List<StreamStart> streams = new ArrayList<>(half);
        for (StreamId streamId : streamIds) {
            Start start = takeStart("version or $");
            if (start == null) {
                return cursor.refused();
            }
            streams.add(new StreamStart(streamId, keyOf(streamId), start));
        }
        return new ParseResult.Parsed(new ReadStreams(streams, count(), blockMillis));
    }

    ParseResult parsePartitions() {
        while (!cursor.takeKeyword("PARTITIONS")) {
            if (!takeOption("COUNT, BLOCK or PARTITIONS", /* knowsKey= */ false)) {
                return cursor.refused();
            }
        }
        int half = cursor.remaining() / 2;
        if (cursor.remaining() % 2 != 0) {
            return cursor.because(
                    "unbalanced list of partitions: for each partition a sequence or $ is"
                            + " expected");
        }
        List<PartitionSelector> selectors = new ArrayList<>(half);
        do {
            PartitionSelector selector = cursor.takePartition();
            if (selector == null) {
                return cursor.refused();
            }
            selectors.add(selector);
        } while (selectors.size() < half);

        List<PartitionStart> partitions = new ArrayList<>(half);
        for (PartitionSelector selector : selectors) {
            Start start = takeStart("sequence or $");
            if (start == null) {
                return cursor.refused();
            }
            partitions.add(new PartitionStart(selector, start));
        }
        return new ParseResult.Parsed(new ReadPartitions(partitions, count(), blockMillis));
    }

    private long count() {
        return count == 0 ? DEFAULT_COUNT : count;
    }

    private PartitionKey keyOf(StreamId streamId) {
        PartitionKey given = partitionKey;
        return given == null ? streamId.defaultPartitionKey() : given;
    }

    private boolean takeOption(String expected, boolean knowsKey) {
        if (cursor.takeKeyword("COUNT")) {
            return once(count == 0, "count") && takeCount();
        }
        if (cursor.takeKeyword("BLOCK")) {
            return once(blockMillis == Poll.NO_WAIT, "block") && takeBlock();
        }
        if (knowsKey && cursor.takeKeyword("PARTITION_KEY")) {
            return once(partitionKey == null, "partition key") && takePartitionKey();
        }
        cursor.unexpected(expected);
        return false;
    }

    private boolean takeCount() {
        boolean isTaken = cursor.takePositiveNumber();
        count = isTaken ? cursor.cutNumber() : 0;
        return isTaken;
    }

    private boolean takeBlock() {
        if (!cursor.takeNumber()) {
            cursor.unexpected("milliseconds after BLOCK");
            return false;
        }
        blockMillis = cursor.cutNumber();
        return true;
    }

    private boolean takePartitionKey() {
        UUID key = cursor.takeUuid("partition key");
        partitionKey = key == null ? null : PartitionKey.of(key);
        return key != null;
    }

    private boolean once(boolean isFirst, String option) {
        if (!isFirst) {
            cursor.because(option + " already specified");
        }
        return isFirst;
    }

    private @Nullable Start takeStart(String expected) {
        if (cursor.takeKeyword("$")) {
            return new Start.Latest();
        }
        if (cursor.takeNumber()) {
            return new Start.At(cursor.cutNumber());
        }
        cursor.unexpected(expected);
        return null;
    }
}
