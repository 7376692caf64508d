package io.sierra.storage.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One process in a directory at a time: the system's lock on the file {@value #NAME}, which also
 * ends with the process. The file stays, with the number of the last process for people to read.
 *
 * <p>A POSIX lock is lost as soon as its process closes <em>any</em> descriptor of the file, so
 * within this process a set of directories decides, before the file is touched.
 */
final class DirectoryLock {
    static final String NAME = "LOCK";

    private static final Set<Path> TAKEN_HERE = ConcurrentHashMap.newKeySet();

    /** Far behind the text: where locks are mandatory, others can still read who has it. */
    private static final long LOCKED_OFFSET = Long.MAX_VALUE - 1;

    /** The text has a fixed length, so that it needs no new block when the disk is full. */
    private static final int TEXT_BYTES = 20;

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes a directory, given by its real path.
     *
     * @throws IOException if it is taken
     */
    static DirectoryLock take(Path directory) throws IOException {
        if (!TAKEN_HERE.add(directory)) {
            throw inUse(directory, String.valueOf(ProcessHandle.current().pid()));
        }
        try {
            return new DirectoryLock(directory, lockedChannel(directory));
        } catch (IOException | RuntimeException e) {
            TAKEN_HERE.remove(directory);
            throw e;
        }
    }

    /**
     * The number of the process that has taken a directory, given by its real path; empty if none
     * has. Another process that takes it in this very moment may be refused.
     */
    static Optional<String> holder(Path directory) throws IOException {
        if (!TAKEN_HERE.add(directory)) {
            return Optional.of(String.valueOf(ProcessHandle.current().pid()));
        }
        try (FileChannel channel = FileChannel.open(directory.resolve(NAME), READ)) {
            boolean free = channel.tryLock(LOCKED_OFFSET, 1, /* shared= */ true) != null;
            return free ? Optional.empty() : Optional.of(readPid(channel));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } finally {
            TAKEN_HERE.remove(directory);
        }
    }

    private static FileChannel lockedChannel(Path directory) throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve(NAME), CREATE, READ, WRITE);
        try {
            if (channel.tryLock(LOCKED_OFFSET, 1, false) == null) {
                throw inUse(directory, readPid(channel));
            }
            writePid(channel);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String readPid(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(TEXT_BYTES);
        channel.read(text, 0);
        String pid = US_ASCII.decode(text.flip()).toString().strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    private static void writePid(FileChannel channel) {
        String text = String.format("%-" + (TEXT_BYTES - 1) + "d\n", ProcessHandle.current().pid());
        try {
            channel.write(US_ASCII.encode(text), 0);
        } catch (IOException _) {
            // A full disk must not keep a store from opening, and the lock itself is held.
        }
    }

    private static IOException inUse(Path directory, String pid) {
        return new IOException(directory + " is in use by process " + pid);
    }

    void close() throws IOException {
        try {
            channel.close();
        } finally {
            TAKEN_HERE.remove(directory);
        }
    }
}
