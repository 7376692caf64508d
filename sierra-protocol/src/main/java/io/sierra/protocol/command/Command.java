package io.sierra.protocol.command;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.util.List;

/** A command on events, checked for everything that needs no state. */
public sealed interface Command {

    /** A command that adds events: one transaction, all or nothing. */
    sealed interface Write extends Command {
        /** Key of all the transaction's streams. */
        PartitionKey partitionKey();

        /** At least one, in the order in which they get their sequences. */
        List<NewEvent> events();
    }

    /** A command that looks at confirmed events. */
    sealed interface Read extends Command {}

    /**
     * {@code EAPPEND <stream_id> <event_name> [EVENT_ID <uuid>] [PARTITION_KEY <uuid>]
     * [EXPECTED_VERSION <version|any|exists|empty>] [TIMESTAMP <ms>] [PAYLOAD <data>] [METADATA
     * <data>]}, or {@code EAPPEND <stream_id> <event_name> <payload>} followed by options other
     * than PAYLOAD.
     */
    record Append(PartitionKey partitionKey, NewEvent event) implements Write {
        @Override
        public List<NewEvent> events() {
            return List.of(event);
        }
    }

    /**
     * {@code EMAPPEND <partition_key> <stream_id> <event_name> [EVENT_ID <uuid>] [EXPECTED_VERSION
     * <version|any|exists|empty>] [TIMESTAMP <ms>] [PAYLOAD <data>] [METADATA <data>] [<stream_id>
     * <event_name> …]}.
     */
    record AppendMany(PartitionKey partitionKey, List<NewEvent> events) implements Write {}

    /** {@code EGET <event_id>}. */
    record GetEvent(EventId id) implements Read {}

    /**
     * {@code ESCAN <stream_id> <start|-> <end|+> [PARTITION_KEY <uuid>] [COUNT <n>]}.
     *
     * @param versions inclusive on both ends
     * @param count most events to return, 0 or more; a u64 on the wire, cut to 2^63 - 1
     */
    record ScanStream(StreamId streamId, PartitionKey partitionKey, Range versions, long count)
            implements Read {}

    /** {@code ESVER <stream_id> [PARTITION_KEY <uuid>]}. */
    record StreamVersion(StreamId streamId, PartitionKey partitionKey) implements Read {}

    /**
     * {@code EPSCAN <partition_id|partition_key> <start|-> <end|+> [COUNT <n>]}.
     *
     * @param sequences inclusive on both ends
     * @param count most events to return, 0 or more; a u64 on the wire, cut to 2^63 - 1
     */
    record ScanPartition(PartitionSelector partition, Range sequences, long count)
            implements Read {}

    /** {@code EPSEQ <partition_id|partition_key>}. */
    record PartitionSequence(PartitionSelector partition) implements Read {}

    /** A partition, named by its id or by a key that falls into it. */
    sealed interface PartitionSelector {
        /** By id, 0 to 65535; there may be no such partition. */
        record ById(int partitionId) implements PartitionSelector {}

        /** By key. */
        record ByKey(PartitionKey partitionKey) implements PartitionSelector {}
    }

    /**
     * Versions or sequences, both ends inclusive. Numbers on the wire are u64; what is beyond 2^63
     * - 1 is beyond every event and is cut to that.
     */
    record Range(long first, long last) {
        /** {@code +}, no end. */
        public static final long UNBOUNDED = Long.MAX_VALUE;

        public Range {
            if (first < 0 || last < 0) {
                throw new IllegalArgumentException("negative range: " + first + " to " + last);
            }
        }
    }
}
