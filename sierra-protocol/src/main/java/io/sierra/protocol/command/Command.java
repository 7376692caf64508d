package io.sierra.protocol.command;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

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

    /** A command that starts a subscription. */
    sealed interface Subscribe extends Command {
        /** Window if the client names none. */
        long DEFAULT_WINDOW = 1000;

        /** How many events are sent beyond the last acknowledged one, at least 1. */
        long window();

        /** What was asked for beyond what SierraDB knows. */
        SubscriptionOptions options();
    }

    /**
     * {@code ESUB <stream_id> [PARTITION_KEY <uuid>] [<stream_id> [PARTITION_KEY <uuid>] …] [FROM
     * LATEST | FROM <version> | FROM MAP <stream_id>=<version> …] [WINDOW <n>] [WITH <option> …]}.
     *
     * @param streams at least one, no pair of id and key twice
     */
    record SubscribeStreams(List<StreamStart> streams, long window, SubscriptionOptions options)
            implements Subscribe {
        public SubscribeStreams {
            streams = List.copyOf(streams);
        }
    }

    /**
     * {@code EPSUB <*|partition|partition,…|first-last> [FROM LATEST | FROM <sequence> | FROM MAP
     * <partition_id>=<sequence> … [DEFAULT <sequence>]] [WINDOW <n>] [WITH <option> …]}.
     *
     * @param starts by partition id; of partitions that are not selected they are not looked at
     * @param otherwise where partitions start that {@code starts} does not name
     */
    record SubscribePartitions(
            PartitionSet partitions,
            Map<Integer, Start> starts,
            Start otherwise,
            long window,
            SubscriptionOptions options)
            implements Subscribe {
        public SubscribePartitions {
            starts = Map.copyOf(starts);
        }
    }

    /** {@code EACK <subscription_id> <cursor>}: everything up to the cursor is dealt with. */
    record Acknowledge(UUID subscriptionId, long cursor) implements Command {}

    /** {@code EUNSUB <subscription_id>}. */
    record Unsubscribe(UUID subscriptionId) implements Command {}

    /** A read that may wait for the first event. */
    sealed interface Poll extends Command {
        /** Most events for each stream or partition, at least 1. */
        long count();

        /** How long to wait while there is nothing; 0: as long as the server allows. */
        long blockMillis();

        /** Where it looks, in the order asked, with repetition; there may be no such partition. */
        IntStream partitionsIn(Partitioning partitioning);

        /** {@link #blockMillis} of a read that does not wait. */
        long NO_WAIT = -1;
    }

    /**
     * {@code EREAD [COUNT <n>] [BLOCK <ms>] [PARTITION_KEY <uuid>] STREAMS <stream_id> … <version>
     * …}.
     *
     * @param streams at least one; {@link Start.Latest} is {@code $}
     */
    record ReadStreams(List<StreamStart> streams, long count, long blockMillis) implements Poll {
        public ReadStreams {
            streams = List.copyOf(streams);
        }

        @Override
        public IntStream partitionsIn(Partitioning partitioning) {
            return streams.stream()
                    .mapToInt(stream -> partitioning.partitionOf(stream.partitionKey()));
        }
    }

    /**
     * {@code EPREAD [COUNT <n>] [BLOCK <ms>] PARTITIONS <partition> … <sequence> …}.
     *
     * @param partitions at least one; {@link Start.Latest} is {@code $}
     */
    record ReadPartitions(List<PartitionStart> partitions, long count, long blockMillis)
            implements Poll {
        public ReadPartitions {
            partitions = List.copyOf(partitions);
        }

        @Override
        public IntStream partitionsIn(Partitioning partitioning) {
            return partitions.stream().mapToInt(start -> start.partition().idIn(partitioning));
        }
    }

    /** A stream and the version that is wanted first. */
    record StreamStart(StreamId streamId, PartitionKey partitionKey, Start start) {}

    /** A partition and the sequence that is wanted first. */
    record PartitionStart(PartitionSelector partition, Start start) {}

    /** Where a subscription begins. */
    sealed interface Start {
        /** The first event that is confirmed after the command was accepted. */
        record Latest() implements Start {}

        /** This version or sequence, inclusive; it need not exist yet. Cut to 2^63 - 1. */
        record At(long position) implements Start {}
    }

    /** Which partitions a subscription covers. */
    sealed interface PartitionSet {
        /** {@code *}. */
        record All() implements PartitionSet {}

        /** Those named, at least one; there may be no such partition. */
        record Some(List<PartitionSelector> partitions) implements PartitionSet {
            public Some {
                partitions = List.copyOf(partitions);
            }
        }

        /** Ids {@code first} to {@code last}, both inclusive; there may be no such partition. */
        record Span(int first, int last) implements PartitionSet {}
    }

    /** A partition, named by its id or by a key that falls into it. */
    sealed interface PartitionSelector {
        /** The partition's id; there may be no such partition. */
        default int idIn(Partitioning partitioning) {
            return switch (this) {
                case ById(int partitionId) -> partitionId;
                case ByKey(PartitionKey key) -> partitioning.partitionOf(key);
            };
        }

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
