package io.sierra.storage.io;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The directory that a store lives in, and the only way to it.
 *
 * <p>Paths are relative to that directory, with {@code /} between their parts and no {@code ..}. A
 * created, renamed or deleted name survives a power loss only after {@link #syncDirectory} of the
 * directory that holds it, and the bytes of a file only after {@link DeviceFile#sync}. All methods
 * may be called from any thread.
 */
public interface Device extends AutoCloseable {

    /**
     * Takes the store for this process until {@link #close}. Nothing else here asks for it: whoever
     * writes takes it first.
     *
     * @throws IOException if it is taken already, by another process or by this one; the message
     *     names the process
     */
    void lock() throws IOException;

    /** Who has the store: the number of a process, for people. Empty if nobody has, or unknown. */
    default Optional<String> lockHolder() throws IOException {
        return Optional.empty();
    }

    /** Creates an empty file; fails if the name exists or its directory does not. */
    DeviceFile create(String path) throws IOException;

    /**
     * Creates an empty file that is written past the system's cache if that is possible. Offsets,
     * lengths and addresses of its writes must be multiples of the file system's block size.
     */
    default DeviceFile createUncached(String path) throws IOException {
        return create(path);
    }

    /** Opens an existing file for reading and writing. */
    DeviceFile open(String path) throws IOException;

    /** Opens an existing file for reading. */
    DeviceFile openForReading(String path) throws IOException;

    /**
     * Opens an existing file for reading past the system's cache if that is possible: it is the
     * disk that is read, and nobody's pages give way. Offsets, lengths and addresses of its reads
     * must be multiples of the file system's block size.
     */
    default DeviceFile openUncachedForReading(String path) throws IOException {
        return openForReading(path);
    }

    /** Whether a file or directory has this name. */
    boolean exists(String path);

    /** Names in a directory, sorted; empty if there is no such directory. */
    List<String> list(String directory) throws IOException;

    /** Creates a directory with its parents and makes all their names durable. */
    void createDirectories(String directory) throws IOException;

    /** Gives a file another name, atomically, in place of any file that has it. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file or an empty directory; no error if there is none. */
    void delete(String path) throws IOException;

    /** Makes the names in a directory durable. The store's own directory is {@code ""}. */
    void syncDirectory(String directory) throws IOException;

    /** Bytes that may still be written before the disk is full. */
    long usableBytes() throws IOException;

    /** Name of the file for people: messages carry it. */
    String describe(String path);

    /** Gives the lock back. Open files stay open. */
    @Override
    void close() throws IOException;
}
