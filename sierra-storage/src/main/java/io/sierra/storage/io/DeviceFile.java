package io.sierra.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** An open file of a {@link Device}. May be used from any thread; writers do not overlap. */
public interface DeviceFile extends AutoCloseable {

    /** Name of the file for people: messages carry it. */
    String name();

    /** Length in bytes. */
    long size() throws IOException;

    /** Cuts the file, or extends it with zeros that need not occupy space yet. */
    void setSize(long sizeBytes) throws IOException;

    /**
     * Writes all that remains in {@code source} and moves its position to its limit.
     *
     * @throws IOException if not all was written; what was is then undefined
     */
    void write(ByteBuffer source, long fileOffset) throws IOException;

    /**
     * Reads until {@code target} is full or the file ends.
     *
     * @return bytes read, 0 at the end of the file
     */
    int read(ByteBuffer target, long fileOffset) throws IOException;

    /**
     * Makes everything that was written before this call durable, from whatever thread. After a
     * failure nothing is known of what was written since the last success, and trying again proves
     * nothing.
     */
    void sync() throws IOException;

    /**
     * A read-only view of bytes that the file already has. It sees later writes, lives as long as
     * {@code arena} and outlives this file's {@link #close}.
     *
     * @throws IOException if the file does not have these bytes
     */
    MemorySegment map(long fileOffset, long lengthBytes, Arena arena) throws IOException;

    @Override
    void close() throws IOException;
}
