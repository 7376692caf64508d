package io.sierra.server.command;

import io.sierra.protocol.command.Command;
import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.command.Command.SubscribePartitions;
import io.sierra.protocol.command.Command.SubscribeStreams;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of one ESUB or EPSUB. The order is fixed: what is subscribed to, {@code FROM}, {@code
 * WINDOW}, {@code WITH}. A stream that has one of these three names can only be given first.
 */
final class SubscribeParser {
    private static final String FROM = "FROM";
    private static final String WINDOW = "WINDOW";
    private static final String WITH = "WITH";
    private static final String END = "end of input";

    private final ArgumentCursor cursor;
    private final Map<StreamId, Start> streamStarts = new HashMap<>();
    private final Map<Integer, Start> partitionStarts = new HashMap<>();
    private Start otherwise = new Start.Latest();
    private long window = Subscribe.DEFAULT_WINDOW;
    private SubscriptionOptions options = SubscriptionOptions.NONE;

    /** Streams of one id under two keys are two streams. */
    private record KeyedStream(StreamId streamId, PartitionKey partitionKey) {}

    SubscribeParser(ArgumentCursor cursor) {
        this.cursor = cursor;
    }

    ParseResult parseStreams() {
        SequencedSet<KeyedStream> streams = takeStreams();
        if (streams == null
                || !takeFrom("stream id version value", this::takeStreamPair)
                || !takeWindowAndOptions()) {
            return cursor.refused();
        }
        List<StreamStart> starts = new ArrayList<>(streams.size());
        for (KeyedStream stream : streams) {
            Start start = streamStarts.getOrDefault(stream.streamId, otherwise);
            starts.add(new StreamStart(stream.streamId, stream.partitionKey, start));
        }
        return parsed(new SubscribeStreams(starts, window, options));
    }

    ParseResult parsePartitions() {
        PartitionSet partitions = takePartitions();
        if (partitions == null
                || !takeFrom("partition id sequence value", this::takePartitionPair)
                || !takeDefault()
                || !takeWindowAndOptions()) {
            return cursor.refused();
        }
        return parsed(
                new SubscribePartitions(partitions, partitionStarts, otherwise, window, options));
    }

    private static ParseResult parsed(Command command) {
        return new ParseResult.Parsed(command);
    }

    private @Nullable SequencedSet<KeyedStream> takeStreams() {
        SequencedSet<KeyedStream> streams = new LinkedHashSet<>();
        do {
            StreamId streamId = cursor.takeStreamId(streams.isEmpty() ? "stream id" : END);
            PartitionKey key = streamId == null ? null : takePartitionKey(streamId);
            if (streamId == null || key == null) {
                return null;
            }
            streams.add(new KeyedStream(streamId, key));
        } while (!cursor.atEnd() && !isAtClause());
        return streams;
    }

    private boolean isAtClause() {
        return cursor.isKeyword(FROM) || cursor.isKeyword(WINDOW) || cursor.isKeyword(WITH);
    }

    private @Nullable PartitionKey takePartitionKey(StreamId streamId) {
        if (!cursor.takeKeyword("PARTITION_KEY")) {
            return streamId.defaultPartitionKey();
        }
        UUID key = cursor.takeUuid("partition key");
        return key == null ? null : PartitionKey.of(key);
    }

    private @Nullable PartitionSet takePartitions() {
        byte[] word = cursor.peekWord();
        PartitionSet partitions = word == null ? null : PartitionSetText.parse(word);
        if (partitions == null) {
            cursor.unexpected(PartitionSetText.FORM);
        } else {
            cursor.skip();
        }
        return partitions;
    }

    /**
     * The start of all, or pairs.
     *
     * @param pair what a pair is called
     * @param takePair takes a pair if the next argument is one
     */
    private boolean takeFrom(String pair, BooleanSupplier takePair) {
        if (!cursor.takeKeyword(FROM) || cursor.takeKeyword("LATEST")) {
            return true;
        }
        if (cursor.takeNumber()) {
            otherwise = new Start.At(cursor.cutNumber());
            return true;
        }
        if (!cursor.takeKeyword("MAP")) {
            cursor.unexpected("LATEST, number or MAP");
            return false;
        }
        if (!takePair.getAsBoolean()) {
            cursor.unexpected(pair);
            return false;
        }
        boolean isPair = true;
        while (isPair) {
            isPair = takePair.getAsBoolean();
        }
        return true;
    }

    private boolean takeStreamPair() {
        byte[] pair = cursor.peekWord();
        int equals = pair == null ? -1 : indexOfEquals(pair);
        if (pair == null || equals < 0 || !cursor.isUtf8()) {
            return false;
        }
        byte[] streamId = Arrays.copyOf(pair, equals);
        Start start = startAt(pair, equals);
        if (start == null || StreamId.problemWith(streamId) != null) {
            return false;
        }
        streamStarts.put(StreamId.ofUtf8(streamId), start);
        cursor.skip();
        return true;
    }

    private boolean takePartitionPair() {
        byte[] pair = cursor.peekWord();
        int equals = pair == null ? -1 : indexOfEquals(pair);
        if (pair == null || equals < 0) {
            return false;
        }
        int partitionId = UnsignedNumber.partitionId(Arrays.copyOf(pair, equals));
        Start start = startAt(pair, equals);
        if (start == null || partitionId == UnsignedNumber.NONE) {
            return false;
        }
        partitionStarts.put(partitionId, start);
        cursor.skip();
        return true;
    }

    /** Where the first sign is; -1 if there is none. */
    private static int indexOfEquals(byte[] pair) {
        for (int i = 0; i < pair.length; i++) {
            if (pair[i] == '=') {
                return i;
            }
        }
        return -1;
    }

    /** What stands behind the sign; null if that is no number. */
    private static @Nullable Start startAt(byte[] pair, int equals) {
        byte[] number = Arrays.copyOfRange(pair, equals + 1, pair.length);
        return UnsignedNumber.isValid(number)
                ? new Start.At(UnsignedNumber.parseCut(number))
                : null;
    }

    /** Where partitions start that no pair names; only directly after pairs. */
    private boolean takeDefault() {
        if (partitionStarts.isEmpty() || !cursor.takeKeyword("DEFAULT")) {
            return true;
        }
        if (!cursor.takeNumber()) {
            cursor.unexpected("number");
            return false;
        }
        otherwise = new Start.At(cursor.cutNumber());
        return true;
    }

    private boolean takeWindowAndOptions() {
        if (cursor.takeKeyword(WINDOW)) {
            if (!cursor.takePositiveNumber()) {
                return false;
            }
            window = cursor.cutNumber();
        }
        if (cursor.takeKeyword(WITH)) {
            SubscriptionOptions taken = new SubscriptionOptionsParser(cursor).parse();
            options = taken == null ? options : taken;
            return taken != null;
        }
        if (!cursor.atEnd()) {
            cursor.unexpected(END);
        }
        return cursor.atEnd();
    }
}
