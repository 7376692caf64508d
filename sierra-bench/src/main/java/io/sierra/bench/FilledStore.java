package io.sierra.bench;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.index.IndexStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A store of one bucket whose streams have some versions in every segment, in the directory for
 * temporary files.
 */
final class FilledStore implements AutoCloseable {
    private static final int SEGMENT_BYTES = 1 << 20;

    /** So few that each segment has more than a page of each. */
    private static final int STREAMS = 20;

    private static final int BATCH_EVENTS = 1_000;
    private static final byte[] NAME = "Event".getBytes(StandardCharsets.UTF_8);
    private static final int PAYLOAD_BYTES = 100;
    private static final int PAGE_EVENTS = 100;
    private static final long POLL_NANOS = 1_000_000;

    private final SplittableRandom random = new SplittableRandom(1);
    private final PartitionKey key = new PartitionKey(0, Long.MIN_VALUE);
    private final List<StreamId> streams = new ArrayList<>();
    private final Path directory;
    private final EventStore store;
    private final BucketStore bucket;

    /** Returns when so many segments are sealed and merged. */
    FilledStore(int segments) throws IOException {
        directory = Files.createTempDirectory("store-benchmark");
        store =
                EventStore.open(
                        directory,
                        StoreOptions.defaults()
                                .withPartitioning(1, 1)
                                .withSegmentSizeBytes(SEGMENT_BYTES));
        bucket = store.bucket(0);
        for (int i = 0; i < STREAMS; i++) {
            streams.add(StreamId.of("stream-" + i));
        }
        while (bucket.status().segments() <= segments) {
            appendBatch();
        }
        while (isIndexing(bucket.status().index())) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Version of any stream. */
    long streamVersion() throws IOException {
        return store.reader().streamVersion(anyStream(), key, store.reader().watermark(0));
    }

    /** The oldest events of any stream; returns their payload bytes. */
    long firstPage() throws IOException {
        long[] bytes = new long[1];
        store.reader()
                .scanStream(
                        anyStream(),
                        key,
                        0,
                        Long.MAX_VALUE,
                        PAGE_EVENTS,
                        store.reader().watermark(0),
                        event -> {
                            bytes[0] += event.payloadLengthBytes();
                            return true;
                        });
        return bytes[0];
    }

    @Override
    public void close() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private StreamId anyStream() {
        return streams.get(random.nextInt(STREAMS));
    }

    /** Appends events to all streams in turn and syncs them together. */
    private void appendBatch() throws IOException {
        for (int i = 0; i < BATCH_EVENTS; i++) {
            append(streams.get(i % STREAMS));
        }
        bucket.write();
        bucket.sync();
        bucket.drainStaged(bucket::confirm);
        bucket.endBatch();
    }

    /** Appends an event, again while a roll-over waits for indexes. */
    private void append(StreamId stream) {
        NewEvent event =
                new NewEvent(
                        stream,
                        NAME,
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        new byte[PAYLOAD_BYTES],
                        new byte[0]);
        while (bucket.stage(key, List.of(event), EventStore.ALONE_TERM, 0)
                instanceof AppendResult.Refused(Failure failure)) {
            if (!(failure instanceof Failure.MailboxFull)) {
                throw new IllegalStateException(failure.toString());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static boolean isIndexing(IndexStatus status) {
        return status.pendingSeals() > 0 || status.segmentTables() >= IndexOptions.DEFAULT_FAN_OUT;
    }
}
