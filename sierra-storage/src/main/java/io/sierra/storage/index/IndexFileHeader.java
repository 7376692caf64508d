package io.sierra.storage.index;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * First {@value #LENGTH} bytes of an index file's payload. Little-endian; the first block's
 * checksum covers it.
 *
 * <pre>
 * offset size field            unit, range, meaning
 *      0    4 magic            the bytes "EIDX", "PIDX" or "SIDX": kind of the index
 *      4    2 version          {@value #VERSION}; any other is rebuilt
 *      6    2 reserved         zero
 *      8    4 firstSegment     first segment that the index covers
 *     12    4 lastSegment      last one, inclusive
 *     16    8 bucketHash       of the bucket's directory
 *     24    8 dataLengthBytes  of the segment's data; 0 in a run
 *     32    8 entryCount       entries
 *     40    8 filterLineCount  lines of the filter, 64 bytes each
 *     48    8 postingCount     frame offsets, 4 bytes each; 0 of events
 *     56    8 reserved         zero
 * </pre>
 *
 * After it follow {@link FilterLine}s, entries ({@link EventEntry} or {@link SeriesEntry}) and
 * postings (u32, file offset in units of 8 bytes), each padded with zeros until the payload so far
 * is a multiple of 192.
 */
record IndexFileHeader(
        IndexFileId id,
        long dataLengthBytes,
        long entryCount,
        long filterLineCount,
        long postingCount) {
    static final int VERSION = 3;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = MAGIC_OFFSET + Integer.BYTES;
    static final int FIRST_SEGMENT_OFFSET = VERSION_OFFSET + 2 * Short.BYTES;
    static final int LAST_SEGMENT_OFFSET = FIRST_SEGMENT_OFFSET + Integer.BYTES;
    static final int BUCKET_HASH_OFFSET = LAST_SEGMENT_OFFSET + Integer.BYTES;
    static final int DATA_LENGTH_OFFSET = BUCKET_HASH_OFFSET + Long.BYTES;
    static final int ENTRY_COUNT_OFFSET = DATA_LENGTH_OFFSET + Long.BYTES;
    static final int FILTER_LINE_COUNT_OFFSET = ENTRY_COUNT_OFFSET + Long.BYTES;
    static final int POSTING_COUNT_OFFSET = FILTER_LINE_COUNT_OFFSET + Long.BYTES;
    static final int LENGTH = POSTING_COUNT_OFFSET + 2 * Long.BYTES;

    /** No file can have more of anything, and lengths computed from it do not overflow. */
    private static final long COUNT_END = 1L << 48;

    /** Header of an index with a filter as long as its entries need. */
    static IndexFileHeader of(
            IndexFileId id, long dataLengthBytes, long entryCount, long postingCount) {
        long lines = FilterLine.countFor(entryCount);
        return new IndexFileHeader(id, dataLengthBytes, entryCount, lines, postingCount);
    }

    /** Offset of the first filter line in the payload. */
    long filterOffset() {
        return LENGTH;
    }

    /** Offset of the first entry in the payload. */
    long entriesOffset() {
        return IndexBlock.aligned(LENGTH + filterLineCount * FilterLine.LENGTH);
    }

    /** Offset of the first posting in the payload. */
    long postingsOffset() {
        return entriesOffset() + IndexBlock.aligned(entryCount * id.kind().entryLength());
    }

    long payloadLength() {
        return postingsOffset() + IndexBlock.aligned(postingCount * Integer.BYTES);
    }

    /** Puts the header at the position of a little-endian buffer. */
    void encode(ByteBuffer buffer) {
        buffer.putInt(id.kind().magic()).putShort((short) VERSION).putShort((short) 0);
        buffer.putInt(id.firstSegment()).putInt(id.lastSegment()).putLong(id.bucketHash());
        buffer.putLong(dataLengthBytes).putLong(entryCount).putLong(filterLineCount);
        buffer.putLong(postingCount).putLong(0);
    }

    /** Reads the counts of a header that says it is {@code id}'s. Nothing is verified yet. */
    static IndexFileHeader decode(IndexFileId id, MemorySegment file) {
        return new IndexFileHeader(
                id,
                file.get(LittleEndian.LONG, DATA_LENGTH_OFFSET),
                file.get(LittleEndian.LONG, ENTRY_COUNT_OFFSET),
                file.get(LittleEndian.LONG, FILTER_LINE_COUNT_OFFSET),
                file.get(LittleEndian.LONG, POSTING_COUNT_OFFSET));
    }

    /** What makes a file not the one that {@code id} names, or not of this length. */
    static Optional<String> problem(IndexFileId id, MemorySegment file) {
        if (file.byteSize() < LENGTH + IndexBlock.TRAILER_LENGTH) {
            return Optional.of("only " + file.byteSize() + " bytes long");
        }
        return mismatch("magic", id.kind().magic(), file.get(LittleEndian.INT, MAGIC_OFFSET))
                .or(() -> mismatch("version", VERSION, version(file)))
                .or(() -> mismatch("segment", id.firstSegment(), firstSegment(file)))
                .or(() -> mismatch("last segment", id.lastSegment(), lastSegment(file)))
                .or(() -> mismatch("bucket hash", id.bucketHash(), bucketHash(file)))
                .or(() -> lengthProblem(decode(id, file), file.byteSize()));
    }

    private static Optional<String> lengthProblem(IndexFileHeader header, long lengthBytes) {
        if (!isCount(header.entryCount)
                || !isCount(header.postingCount)
                || !isCount(header.filterLineCount)
                || header.filterLineCount == 0) {
            return Optional.of("impossible counts in " + header);
        }
        return mismatch("length", IndexBlock.fileLength(header.payloadLength()), lengthBytes);
    }

    private static Optional<String> mismatch(String what, long expected, long actual) {
        return expected == actual
                ? Optional.empty()
                : Optional.of(what + " is " + actual + ", expected " + expected);
    }

    private static boolean isCount(long count) {
        return 0 <= count && count < COUNT_END;
    }

    private static int version(MemorySegment file) {
        return file.get(LittleEndian.SHORT, VERSION_OFFSET);
    }

    private static int firstSegment(MemorySegment file) {
        return file.get(LittleEndian.INT, FIRST_SEGMENT_OFFSET);
    }

    private static int lastSegment(MemorySegment file) {
        return file.get(LittleEndian.INT, LAST_SEGMENT_OFFSET);
    }

    private static long bucketHash(MemorySegment file) {
        return file.get(LittleEndian.LONG, BUCKET_HASH_OFFSET);
    }
}
