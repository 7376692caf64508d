package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the indexes of a bucket in two steps: first what there is, which is quick; then what is
 * missing or bad is made again, which takes as long as reading those segments does.
 *
 * <p>Nothing can be looked up before both are done: a segment whose index is missing may have lost
 * something, and only reading it tells. The index of a segment that a run covers is not looked at
 * here: it is only needed, and made again if need be, when the run has to be made again. For one
 * thread at a time.
 */
public final class IndexRecovery implements AutoCloseable {
    private final BucketIndex index;
    private final TableRecovery tables;
    private final SegmentEvents frames;
    private boolean finished;

    private IndexRecovery(BucketIndex index, TableRecovery tables, SegmentEvents frames) {
        this.index = index;
        this.tables = tables;
        this.frames = frames;
    }

    /**
     * Takes the first step.
     *
     * @param bucketDirectory on the device, holds {@code segments/} and {@code runs/}
     * @param sealedSegments segments 0 to this, exclusive, have been sealed: their data is complete
     * @param frames to rebuild what is missing or bad
     * @throws IOException if something cannot be read, which says nothing about it
     */
    public static IndexRecovery begin(
            Device device,
            MappingCache mappings,
            String bucketDirectory,
            int sealedSegments,
            SegmentEvents frames,
            IndexOptions options)
            throws IOException {
        BucketIndex index = new BucketIndex(device, mappings, bucketDirectory, frames, options);
        TableRecovery tables = TableRecovery.begin(index.store(), sealedSegments);
        return new IndexRecovery(index, tables, frames);
    }

    /** About how many bytes the second step has to read; 0 if there is nothing to be done. */
    public long plannedBytes() throws IOException {
        long bytes = 0;
        for (int segment : segmentsToRead()) {
            // Nothing to be read is something to be done, too.
            bytes += Math.max(1, frames.replayBytes(segment));
        }
        return bytes;
    }

    /** Segments that the second step has to read. */
    public List<Integer> segmentsToRead() {
        return Stream.of(tables.missing(), tables.waiting()).flatMap(List::stream).toList();
    }

    /**
     * Takes the second step. After a failure it may be tried again, and goes on where it was; once
     * it has been taken it gives the same index again.
     *
     * @param newest index of the segment that is not sealed, if it has been made already
     * @param readBytes is told how many bytes have been read since it was told last; less than 0 if
     *     so many have to be read again
     * @throws IOException if a segment cannot be read or an index not be written, or if it was
     *     cancelled
     */
    public BucketIndex finish(@Nullable OpenIndex newest, LongConsumer readBytes)
            throws IOException {
        if (finished) {
            return index;
        }
        boolean more = true;
        while (more) {
            more = tables.rebuildNext(readBytes);
        }
        List<OpenIndex> inMemory = readWaiting(new ReadCount(readBytes));
        if (newest != null) {
            inMemory.add(newest);
        }
        index.start(tables.handOver(), inMemory);
        finished = true;
        return index;
    }

    private List<OpenIndex> readWaiting(ReadCount read) throws IOException {
        List<OpenIndex> inMemory = new ArrayList<>();
        boolean areMade = false;
        try {
            for (int segment : tables.waiting()) {
                OpenIndex waiting = new OpenIndex(segment);
                waiting.seal(index.store().replay(segment, waiting, read));
                inMemory.add(waiting);
            }
            areMade = true;
            return inMemory;
        } finally {
            if (!areMade) {
                read.takeBack();
            }
        }
    }

    /** Lets the second step break off, or fail when it is taken. Any thread. */
    public void cancel() {
        index.stopWriting();
    }

    /** Gives the files back. Not to be called any more once somebody uses the index. */
    @Override
    public void close() {
        tables.discard();
        index.close();
    }
}
