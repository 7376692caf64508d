package io.sierra.server.command;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.Range;
import io.sierra.protocol.command.Command.ScanPartition;
import io.sierra.protocol.command.Command.ScanStream;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Arguments of one ESCAN or EPSCAN. */
final class ScanParser {
    private static final long DEFAULT_COUNT = 100;
    private static final long NOT_GIVEN = -1;

    /** No end of a range: the argument is neither a sign nor a number. */
    private static final long MALFORMED = -1;

    /** No end of a range: the sign of the other end. */
    private static final long WRONG_SIGN = -2;

    private final ArgumentCursor cursor;
    private @Nullable PartitionKey partitionKey;
    private long count = NOT_GIVEN;

    ScanParser(ArgumentCursor cursor) {
        this.cursor = cursor;
    }

    ParseResult parseStreamScan() {
        StreamId streamId = cursor.takeStreamId("stream id");
        Range versions = streamId == null ? null : takeRange("version");
        if (streamId == null || versions == null || !takeStreamOptions()) {
            return cursor.refused();
        }
        PartitionKey given = partitionKey;
        PartitionKey key = given == null ? streamId.defaultPartitionKey() : given;
        return new ParseResult.Parsed(new ScanStream(streamId, key, versions, count()));
    }

    ParseResult parsePartitionScan() {
        PartitionSelector partition = cursor.takePartition();
        Range sequences = partition == null ? null : takeRange("sequence");
        if (partition == null || sequences == null || !takePartitionOptions()) {
            return cursor.refused();
        }
        return new ParseResult.Parsed(new ScanPartition(partition, sequences, count()));
    }

    private long count() {
        return count == NOT_GIVEN ? DEFAULT_COUNT : count;
    }

    /** Both ends, mandatory: of versions or of sequences. */
    private @Nullable Range takeRange(String what) {
        long first = takeEnd(0);
        long last = first == MALFORMED ? MALFORMED : takeEnd(Range.UNBOUNDED);
        if (last == MALFORMED) {
            return null;
        }
        if (first == WRONG_SIGN) {
            cursor.because("start " + what + " cannot be '+'");
            return null;
        }
        if (last == WRONG_SIGN) {
            cursor.because("end " + what + " cannot be '-'");
            return null;
        }
        return new Range(first, last);
    }

    /** A number, or what the sign for this end stands for. */
    private long takeEnd(long open) {
        if (cursor.takeKeyword("-")) {
            return open == 0 ? open : WRONG_SIGN;
        }
        if (cursor.takeKeyword("+")) {
            return open == 0 ? WRONG_SIGN : open;
        }
        if (cursor.takeNumber()) {
            return cursor.cutNumber();
        }
        cursor.unexpected("range value (-, +, or number)");
        return MALFORMED;
    }

    /** In any order; an option with a bad value is reported as if its word were unknown. */
    private boolean takeStreamOptions() {
        while (!cursor.atEnd()) {
            int start = cursor.position();
            if (cursor.takeKeyword("COUNT") && cursor.takeNumber()) {
                if (!setCount()) {
                    return false;
                }
                continue;
            }
            cursor.backTo(start);
            UUID key = cursor.takeKeyword("PARTITION_KEY") ? cursor.takeUuid() : null;
            if (key == null) {
                cursor.backTo(start);
                cursor.unexpected("PARTITION_KEY, COUNT or end of input");
                return false;
            }
            if (!setPartitionKey(PartitionKey.of(key))) {
                return false;
            }
        }
        return true;
    }

    private boolean takePartitionOptions() {
        while (!cursor.atEnd()) {
            if (!cursor.takeKeyword("COUNT")) {
                cursor.unexpected("COUNT, number or end of input");
                return false;
            }
            if (!cursor.takeNumber()) {
                cursor.unexpected("number");
                return false;
            }
            if (!setCount()) {
                return false;
            }
        }
        return true;
    }

    private boolean setCount() {
        if (count != NOT_GIVEN) {
            cursor.because("count already specified");
            return false;
        }
        count = cursor.cutNumber();
        return true;
    }

    private boolean setPartitionKey(PartitionKey key) {
        if (partitionKey != null) {
            cursor.because("partition key already specified");
            return false;
        }
        partitionKey = key;
        return true;
    }
}
