package io.sierra.storage.bucket;

import io.sierra.storage.bucket.SegmentAllocator.Shortage;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The end of the open segment: frames are gathered in a buffer, written together and synced
 * together.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class SegmentWriter implements AutoCloseable {
    /** Frames of one batch; a larger frame gets a buffer of its own. */
    private static final int BATCH_BYTES = 1 << 20;

    /**
     * Writes end at multiples of this where they can, with zeros over zeros: what lies behind may
     * not be in the page cache, and a page that is written in part would first be read.
     */
    private static final int PAGE_BYTES = 4_096;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE_BYTES);

    private final SegmentId segment;
    private final DeviceFile file;
    private final SegmentAllocator allocator;
    private final long capacity;
    private ByteBuffer batch;
    private final long resumedAt;
    private long durableEnd;
    @Published private volatile long writtenEnd;

    /**
     * A writer that goes on at {@code end}, up to which the segment is durable.
     *
     * @param batch a buffer to use, from {@link #newBatch}
     */
    SegmentWriter(
            SegmentId segment,
            DeviceFile file,
            SegmentAllocator allocator,
            long end,
            long capacity,
            ByteBuffer batch) {
        this.segment = segment;
        this.file = file;
        this.allocator = allocator;
        this.writtenEnd = end;
        this.durableEnd = end;
        this.resumedAt = end;
        this.capacity = capacity;
        this.batch = batch;
    }

    /** A buffer for batches; no larger than a segment. */
    static ByteBuffer newBatch(long segmentSizeBytes) {
        return ByteBuffer.allocateDirect((int) Math.min(BATCH_BYTES, segmentSizeBytes))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    SegmentId segment() {
        return segment;
    }

    /** Offset of the next frame. */
    long stagedEnd() {
        return writtenEnd + batch.position();
    }

    /** Exclusive end of the frames in the file. */
    long writtenEnd() {
        return writtenEnd;
    }

    /** Exclusive end of what is known to survive a power loss. */
    long durableEnd() {
        return durableEnd;
    }

    /** Whether the segment has room for so many more bytes. */
    boolean fits(long lengthBytes) {
        return stagedEnd() + lengthBytes <= capacity;
    }

    /** Makes sure that so many more bytes can be written; false: see {@link #shortage}. */
    boolean allocate(long lengthBytes) {
        return allocator.allocate(stagedEnd() + lengthBytes);
    }

    /** Whether all room of the segment is allocated. */
    boolean isAllocated() {
        return allocator.isComplete();
    }

    /** Bytes that this writer has added. */
    long addedBytes() {
        return stagedEnd() - resumedAt;
    }

    /** Why there is no room for more, or null. */
    @Nullable Shortage shortage() {
        return allocator.shortage();
    }

    /**
     * A buffer with room for so many bytes at its position, which stands for {@link #stagedEnd}.
     */
    ByteBuffer reserve(int lengthBytes) throws IOException {
        if (batch.remaining() < lengthBytes) {
            write();
            if (batch.capacity() < lengthBytes) {
                batch = ByteBuffer.allocateDirect(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        return batch;
    }

    /** Writes the gathered frames. */
    void write() throws IOException {
        if (batch.position() == 0) {
            return;
        }
        long end = stagedEnd();
        fillPage(end);
        file.write(batch.flip(), writtenEnd);
        batch.clear();
        if (batch.capacity() > BATCH_BYTES) {
            batch = newBatch(capacity); // one large frame does not make the buffer large for ever
        }
        writtenEnd = end;
    }

    private void fillPage(long end) {
        long pageEnd = Math.ceilDiv(end, PAGE_BYTES) * (long) PAGE_BYTES;
        long padding = Math.min(pageEnd, allocator.allocatedEnd()) - end;
        if (padding > 0 && padding <= batch.remaining()) {
            batch.put(ZEROS.slice(0, (int) padding));
        }
    }

    /** Makes everything that was written durable. */
    void sync() throws IOException {
        long end = writtenEnd;
        if (durableEnd < end) {
            file.sync();
            durableEnd = end;
        }
    }

    /** The buffer, for the writer of the next segment. */
    ByteBuffer batch() {
        return batch;
    }

    @Override
    public void close() throws IOException {
        try (file) {
            allocator.close();
        }
    }
}
