package io.sierra.storage.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A mapped index file. A block is verified when something is first read from it, so opening costs
 * the same at any length. From any thread, as long as the mapping lives.
 */
final class IndexFile {
    private final IndexFileHeader header;
    private final MemorySegment bytes;
    private final VerifiedBlocks verified;

    /** Names this state of the file in errors, also those of {@link #unverified}. */
    private final VerifiedBlocks state;

    private final long seed;

    private IndexFile(
            IndexFileHeader header,
            MemorySegment bytes,
            VerifiedBlocks verified,
            VerifiedBlocks state) {
        this.header = header;
        this.bytes = bytes;
        this.verified = verified;
        this.state = state;
        this.seed = header.id().seed();
    }

    /**
     * Opens a file.
     *
     * @param bytes the whole file
     * @param verified what has been verified of this file already
     * @throws CorruptIndexException if it is not what {@code id} says
     */
    static IndexFile open(IndexFileId id, MemorySegment bytes, VerifiedBlocks verified)
            throws CorruptIndexException {
        Optional<String> problem = IndexFileHeader.problem(id, bytes);
        if (problem.isPresent()) {
            throw new CorruptIndexException(id, verified, problem.get(), null);
        }
        IndexFileHeader header = IndexFileHeader.decode(id, bytes);
        IndexFile file = new IndexFile(header, bytes, verified, verified);
        if (!verified.contains(0)) file.verify(0);
        return file;
    }

    /**
     * The same file, of which every block is verified once more. For copies, which get a checksum
     * of their own: what has gone bad since the first look must not become good by that.
     */
    IndexFile unverified() {
        return new IndexFile(header, bytes, new VerifiedBlocks(bytes.byteSize()), state);
    }

    IndexFileHeader header() {
        return header;
    }

    VerifiedBlocks state() {
        return state;
    }

    int getInt(long payloadOffset) throws CorruptIndexException {
        return intAt(position(payloadOffset));
    }

    /**
     * Position in the file of a byte of the payload, whose block has been verified. A filter line
     * or an entry is in one block, so those of its other bytes follow.
     */
    long position(long payloadOffset) throws CorruptIndexException {
        long block = payloadOffset / IndexBlock.PAYLOAD_LENGTH;
        if (!verified.contains(block)) verify(block);
        return payloadOffset + block * IndexBlock.TRAILER_LENGTH;
    }

    /** The long at a {@link #position}. */
    long longAt(long position) {
        return bytes.get(LittleEndian.LONG, position);
    }

    /** The int at a {@link #position}. */
    int intAt(long position) {
        return bytes.get(LittleEndian.INT, position);
    }

    /** Whether a key may be among the entries, by the filter. */
    boolean mayContain(long hash) throws CorruptIndexException {
        return FilterLine.mayContain(this, linePosition(filterLineNumber(hash)), hash);
    }

    /** The first bit that {@link #mayContain} looks at, 0 or 1. */
    long filterBit(long hash) throws CorruptIndexException {
        return FilterLine.firstBit(this, linePosition(filterLineNumber(hash)), hash);
    }

    /** Adds a line of the filter, if there is one of this number. */
    void addFilterLine(long line, TouchList places) throws CorruptIndexException {
        if (line < header.filterLineCount()) {
            long position = linePosition(line);
            places.add(bytes, position, position + FilterLine.LENGTH);
        }
    }

    /** Number of the line of the filter that a key has. */
    long filterLineNumber(long hash) {
        return FilterLine.number(hash, header.filterLineCount());
    }

    /** Adds bytes from one position to another, as far as the file has them. */
    void addTo(TouchList places, long start, long end) {
        places.add(bytes, start, end);
    }

    /**
     * Where the entries of a filter line begin, and those of the line before end.
     *
     * @param line up to the number of lines, inclusive
     */
    long firstEntry(long line) throws CorruptIndexException {
        return line == header.filterLineCount()
                ? header.entryCount()
                : FilterLine.firstEntry(this, linePosition(line));
    }

    private long linePosition(long line) throws CorruptIndexException {
        return position(header.filterOffset() + line * FilterLine.LENGTH);
    }

    /** Says that the content contradicts itself or another index. */
    CorruptIndexException corrupt(String problem) {
        return new CorruptIndexException(header.id(), state, problem, null);
    }

    private void verify(long block) throws CorruptIndexException {
        long start = block * IndexBlock.LENGTH;
        long end = Math.min(start + IndexBlock.LENGTH, bytes.byteSize());
        long payloadLength = end - start - IndexBlock.TRAILER_LENGTH;
        int actual = IndexBlock.checksum(seed, block, readPayload(start, (int) payloadLength));
        int expected = bytes.get(LittleEndian.INT, start + payloadLength);
        if (actual != expected) {
            throw corrupt(
                    String.format(
                            "checksum of the block at %d is %08x, expected %08x",
                            start, actual, expected));
        }
        verified.add(block);
    }

    /**
     * A copy, because the JVM survives a page that cannot be read in a copy, but not in a checksum.
     */
    private ByteBuffer readPayload(long start, int length) throws CorruptIndexException {
        byte[] payload = new byte[length];
        try {
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, start, payload, 0, length);
        } catch (InternalError e) {
            throw new CorruptIndexException(
                    header.id(), state, "the block at " + start + " cannot be read", e);
        }
        return ByteBuffer.wrap(payload);
    }
}
