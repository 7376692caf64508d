package io.sierra.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.index.IndexOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The background scrub of a node whose files rot on the disk. */
@Timeout(60)
final class ScrubberTest {
    private static final StoreOptions STORE =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);
    private static final ScrubOptions FAST = new ScrubOptions(1L << 30, Duration.ofHours(1));

    @TempDir private Path directory;

    /** Fewer segments than are merged: a merge that finds rot repairs it before a scrub does. */
    @BeforeEach
    void fill() throws IOException {
        try (EventStore store = EventStore.open(directory, STORE)) {
            for (int i = 0; i < 40; i++) {
                append(store, "stream-" + i % 7);
            }
            BucketStore bucket = store.bucket(0);
            while (bucket.status().index().pendingSeals() > 0) {
                Thread.onSpinWait();
            }
            assertThat(bucket.status().index().segmentTables())
                    .isBetween(1, IndexOptions.DEFAULT_FAN_OUT - 1);
        }
    }

    private static void append(EventStore store, String stream) {
        NewEvent event =
                new NewEvent(
                        StreamId.of(stream),
                        new byte[0],
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        new byte[10_000],
                        new byte[0]);
        AppendResult result;
        do {
            result = store.append(event); // refused while indexes are being written
        } while (!(result instanceof AppendResult.Appended));
    }

    private Path file(String name) {
        return directory.resolve("buckets/00000/segments/0000000000").resolve(name);
    }

    private void flip(Path path, int offset) throws IOException {
        byte value = (byte) (Files.readAllBytes(path)[offset] ^ 1);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {value}), offset);
        }
    }

    private LocalNode open() throws IOException {
        return LocalNode.open(NodeOptions.in(directory).withStore(STORE));
    }

    /** A node after one pass. */
    private LocalNode scrubbed() throws IOException {
        return scrubbed(open());
    }

    private static LocalNode scrubbed(LocalNode node) {
        node.startScrub(FAST);
        while (node.scrubStatus().passes() == 0) {
            Thread.onSpinWait();
        }
        return node;
    }

    private static List<Integer> failed(LocalNode node) {
        return IntStream.range(0, 4).filter(id -> node.failureOf(id) != null).boxed().toList();
    }

    @Test
    void wholeStore_hasNoFindings() throws IOException {
        try (LocalNode node = scrubbed()) {
            ScrubStatus status = node.scrubStatus();
            assertThat(status.state()).isEqualTo("waiting");
            assertThat(status.readBytes()).isPositive();
            assertThat(status.findings()).isZero();
            assertThat(status.lastEndMillis()).isPositive();
            assertThat(failed(node)).isEmpty();
        }
    }

    @Test
    void rotInASealedSegment_takesThePartitionOutOfService() throws IOException {
        flip(file("data.evts"), 5_000);
        List<Integer> failed = new ArrayList<>();
        try (LocalNode node = open()) {
            assertThat(failed(node)).as("nobody has read it yet").isEmpty();
        }
        try (LocalNode node = scrubbed()) {
            failed.addAll(failed(node));
            assertThat(failed).hasSize(1);
            assertThat(node.failureOf(failed.getFirst()))
                    .isInstanceOf(Failure.PartitionFailed.class);
            assertThat(node.scrubStatus().findings()).isEqualTo(1);
            assertThat(node.scrubStatus().lastFinding())
                    .startsWith(file("data.evts") + " at offset ");
        }
        try (LocalNode node = open()) {
            assertThat(failed(node)).as("after a restart").isEqualTo(failed);
        }
    }

    @Test
    void rotInAnIndex_isRepaired() throws IOException {
        byte[] whole = Files.readAllBytes(file("index.eidx"));
        try (LocalNode node = open()) {
            flip(file("index.eidx"), 70);
            scrubbed(node);
            assertThat(node.scrubStatus().findings()).isEqualTo(1);
            assertThat(node.scrubStatus().lastFinding()).contains("index.eidx");
            assertThat(failed(node)).isEmpty();
            assertThat(Files.readAllBytes(file("index.eidx"))).isEqualTo(whole);
        }
    }

    @Test
    void closing_doesNotWaitForThePass() throws IOException {
        LocalNode node = open();
        node.startScrub(new ScrubOptions(1, Duration.ofHours(1)));
        node.close();

        assertThat(node.scrubStatus().passes()).isZero();
    }
}
