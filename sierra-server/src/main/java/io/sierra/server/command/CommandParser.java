package io.sierra.server.command;

import io.sierra.protocol.command.Command;
import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.resp.Arguments;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes commands on events out of requests. Checks all that needs no state; has none itself, so any
 * thread may use it.
 */
public final class CommandParser {
    private final boolean strictVersioning;

    /**
     * A parser.
     *
     * @param strictVersioning whether appends must say what they expect: {@code empty} or a version
     */
    public CommandParser(boolean strictVersioning) {
        this.strictVersioning = strictVersioning;
    }

    /**
     * The command, or what is wrong with it.
     *
     * @return null if it is not a command on events or subscriptions
     */
    public @Nullable ParseResult parse(Arguments request) {
        if (request.isNamed("EAPPEND")) {
            return appendParser(request).parseAppend();
        }
        if (request.isNamed("EMAPPEND")) {
            return appendParser(request).parseAppendMany();
        }
        if (request.isNamed("EGET")) {
            return parseGet(new ArgumentCursor(request));
        }
        if (request.isNamed("ESCAN")) {
            return new ScanParser(new ArgumentCursor(request)).parseStreamScan();
        }
        if (request.isNamed("EPSCAN")) {
            return new ScanParser(new ArgumentCursor(request)).parsePartitionScan();
        }
        if (request.isNamed("ESVER")) {
            return parseStreamVersion(new ArgumentCursor(request));
        }
        if (request.isNamed("EPSEQ")) {
            return parsePartitionSequence(new ArgumentCursor(request));
        }
        return parseSubscription(request);
    }

    private static @Nullable ParseResult parseSubscription(Arguments request) {
        if (request.isNamed("ESUB")) {
            return new SubscribeParser(new ArgumentCursor(request)).parseStreams();
        }
        if (request.isNamed("EPSUB")) {
            return new SubscribeParser(new ArgumentCursor(request)).parsePartitions();
        }
        if (request.isNamed("EACK")) {
            return parseAcknowledge(new ArgumentCursor(request));
        }
        if (request.isNamed("EUNSUB")) {
            return parseUnsubscribe(new ArgumentCursor(request));
        }
        if (request.isNamed("EREAD")) {
            return new PollParser(new ArgumentCursor(request)).parseStreams();
        }
        if (request.isNamed("EPREAD")) {
            return new PollParser(new ArgumentCursor(request)).parsePartitions();
        }
        return null;
    }

    private AppendParser appendParser(Arguments request) {
        return new AppendParser(new ArgumentCursor(request), strictVersioning);
    }

    private static ParseResult parseGet(ArgumentCursor cursor) {
        UUID id = cursor.takeUuid("event id");
        return id == null ? cursor.refused() : atEnd(new Command.GetEvent(EventId.of(id)), cursor);
    }

    private static ParseResult parseStreamVersion(ArgumentCursor cursor) {
        StreamId streamId = cursor.takeStreamId("stream id");
        if (streamId == null) {
            return cursor.refused();
        }
        PartitionKey key = streamId.defaultPartitionKey();
        if (cursor.takeKeyword("PARTITION_KEY")) {
            UUID given = cursor.takeUuid("partition key");
            if (given == null) {
                return cursor.refused();
            }
            key = PartitionKey.of(given);
        }
        return atEnd(new Command.StreamVersion(streamId, key), cursor);
    }

    private static ParseResult parsePartitionSequence(ArgumentCursor cursor) {
        PartitionSelector partition = cursor.takePartition();
        return partition == null
                ? cursor.refused()
                : atEnd(new Command.PartitionSequence(partition), cursor);
    }

    private static ParseResult parseAcknowledge(ArgumentCursor cursor) {
        UUID id = cursor.takeUuid("subscription id");
        if (id == null) {
            return cursor.refused();
        }
        if (!cursor.takeNumber()) {
            return cursor.unexpected("number");
        }
        return atEnd(new Command.Acknowledge(id, cursor.cutNumber()), cursor);
    }

    private static ParseResult parseUnsubscribe(ArgumentCursor cursor) {
        UUID id = cursor.takeUuid("subscription id");
        return id == null ? cursor.refused() : atEnd(new Command.Unsubscribe(id), cursor);
    }

    private static ParseResult atEnd(Command command, ArgumentCursor cursor) {
        return cursor.atEnd() ? new ParseResult.Parsed(command) : cursor.unexpected("end of input");
    }
}
