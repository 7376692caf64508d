package io.sierra.storage;

import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.read.StreamKey;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The last event of a stream is lost in a sealed segment, and the index that knows of it is found
 * to be bad by whoever asks first. The new index leaves out what is lost: to him, too, that must
 * not look like the end of the stream.
 */
final class LateDamageTest {
    private static final String INDEX = "buckets/00000/segments/0000000000/stream.sidx";
    private static final int STREAMS = 2_500;

    /** Of an index file; the first one is read at the start. */
    private static final int BLOCK_BYTES = 64 << 10;

    /** Its entry is the last one in the index. */
    private static final String STREAM =
            IntStream.range(0, STREAMS)
                    .mapToObj(i -> "s-" + i)
                    .max((a, b) -> Long.compareUnsigned(keyHigh(a), keyHigh(b)))
                    .orElseThrow();

    private static final int LENGTH_OFFSET = 12;
    private StoreOnDisk disk;

    @BeforeEach
    void loseTheLastEvents() throws IOException {
        disk = new StoreOnDisk(options(1 << 20));
        append(STREAM);
        append(STREAM);
        for (int stream = 0; stream < STREAMS; stream++) {
            if (!STREAM.equals("s-" + stream)) {
                append("s-" + stream);
            }
        }
        endSegment();
        damage(INDEX);
    }

    private static StoreOptions options(int segmentSizeBytes) {
        return StoreOptions.defaults()
                .withPartitioning(2, 1)
                .withSegmentSizeBytes(segmentSizeBytes);
    }

    private void endSegment() {
        while (disk.bucket().status().segments() < 2) {
            disk.append(1, "x".repeat(20_000));
        }
        disk.awaitIndexes();
    }

    /** An entry of partition 0, and an index of its segment behind what a start reads of it. */
    private void damage(String index) throws IOException {
        Frame lost = disk.entry(0, 1);
        disk.shutDown();
        disk.flip(0, lost.start() + LENGTH_OFFSET);
        try (DeviceFile file = disk.disk().openForReading(index)) {
            assertThat(file.size()).as("more than one block").isGreaterThan(BLOCK_BYTES);
            for (long block = BLOCK_BYTES; block < file.size(); block += BLOCK_BYTES) {
                disk.disk().flipBits(index, block + 8, 1);
            }
        }
        disk.start();
        assertThat(disk.bucket().damageOf(0)).as("nobody has looked").isNull();
    }

    private static long keyHigh(String stream) {
        return StreamKey.of(StreamId.of(stream), 0).high();
    }

    private AppendResult append(String stream) {
        return appendAll(List.of(stream));
    }

    private AppendResult appendAll(List<String> streams) {
        return disk.store().append(key(0), streams.stream().map(LateDamageTest::event).toList());
    }

    private static NewEvent event(String stream) {
        return NewEvents.event(
                stream, (EventId) null, new ExpectedVersion.Any(), NewEvents.utf8("payload"));
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void append_isRefusedInsteadOfUsingTheVersionAgain() {
        assertThat(append(STREAM))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused ->
                                assertThat(refused.failure())
                                        .isInstanceOf(Failure.PartitionFailed.class));
    }

    @Test
    void scan_failsInsteadOfEndingEarly() {
        assertThatThrownBy(() ->
                        disk.store()
                                .reader()
                                .scanStream(
                                        StreamId.of(STREAM), key(0), 0, 99, 99, 99_999, _ -> true))
                .hasMessageContainingAll("partition 0 is out of service", "data.evts");
    }

    @Test
    void scanOfAPartition_failsBecauseOfTheDamageAndNotOfTheIndex() throws IOException {
        disk.close();
        disk = new StoreOnDisk(options(2 << 20));
        for (int transaction = 0; transaction < 20; transaction++) {
            appendAll(Collections.nCopies(1_000, STREAM));
        }
        endSegment();
        damage(INDEX.replace("stream.sidx", "partition.pidx"));
        assertThatThrownBy(() ->
                        disk.store()
                                .reader()
                                .scanPartition(0, 19_000, 19_999, 9, 99_999, _ -> true))
                .hasMessageContainingAll("partition 0 is out of service", "data.evts");
    }

    @Test
    void version_failsInsteadOfBeingTooSmall() {
        assertThatThrownBy(() ->
                        disk.store().reader().streamVersion(StreamId.of(STREAM), key(0), 99_999))
                .hasMessageContainingAll("partition 0 is out of service", "data.evts");
    }
}
