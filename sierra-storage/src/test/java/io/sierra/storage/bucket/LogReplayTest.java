package io.sierra.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.LogEntry;
import io.sierra.storage.segment.SegmentId;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each thing that ties an entry to the one before, for itself: any one alone must be enough. */
final class LogReplayTest {
    private static final SegmentId SEGMENT = new SegmentId(0, 0, 0);
    private static final int START = 64;
    private static final long TERM = 2;

    private final PartitionLog log = new PartitionLog(0);
    private final LogReplay replay = new LogReplay("the-file", Map.of(0, log));

    @BeforeEach
    void applyTheFirst() {
        assertThat(replay.apply(entry(1, TERM, 0, 0))).isSameAs(log);
        assertThat(log.digest()).isNotZero();
    }

    @Test
    void apply_whatFollows_isTaken() {
        assertThat(replay.apply(entry(2, TERM, 1, log.digest()))).isSameAs(log);
        assertThat(log.nextSequence()).isEqualTo(2);
        assertThat(log.damage()).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "log index, 3, 2, 1, 0",
        "log index, 1, 2, 1, 0",
        "sequence, 2, 2, 2, 0",
        "sequence, 2, 2, 0, 0",
        "chain, 2, 2, 1, 1",
        "term, 2, 1, 1, 0"
    })
    void apply_whatDoesNotFollow_takesThePartitionOutOfService(
            String what, long logIndex, long term, long firstSequence, int chainOff) {
        assertThat(replay.apply(entry(logIndex, term, firstSequence, log.digest() + chainOff)))
                .isNull();
        assertThat(log.damage())
                .startsWith("the-file at offset 64: " + what + " of partition 0 should be ");
        assertThat(log.nextSequence()).isEqualTo(1);
    }

    /** A frame with one event. */
    private static FrameReader entry(long logIndex, long term, long firstSequence, int chain) {
        byte[] file = new byte[1_024];
        PartitionKey key = new PartitionKey(0, Long.MIN_VALUE);
        new FrameEncoder()
                .encodeEvents(
                        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(START),
                        new FrameStamp(SEGMENT, START, 0, 0),
                        new LogEntry(
                                FrameKind.EVENTS,
                                0,
                                1,
                                logIndex,
                                term,
                                firstSequence,
                                chain,
                                1,
                                2,
                                key),
                        List.of(
                                new NewEvent(
                                        StreamId.of("s"),
                                        new byte[0],
                                        null,
                                        new ExpectedVersion.Any(),
                                        NewEvent.NOW,
                                        new byte[0],
                                        new byte[0])),
                        new EventId[] {new EventId(3, 4)},
                        new long[] {firstSequence},
                        new long[] {5});
        FrameReader frame = new FrameReader(SEGMENT, "the-file", MemorySegment.ofArray(file));
        assertThat(frame.look(START)).isEqualTo(FrameReader.Verdict.VALID);
        return frame;
    }
}
