package io.sierra.storage.io;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FaultyDevice} is to do wrong, and what it was asked to do so far. Numbers of
 * operations count from the call on: 1 is the next one. All methods may be called from any thread.
 */
public final class Faults {
    /** Kinds of operation that can be counted and made to fail. */
    public enum Operation {
        LOCK,
        CREATE,
        OPEN,
        LIST,
        CREATE_DIRECTORIES,
        RENAME,
        DELETE,
        SYNC_DIRECTORY,
        SIZE,
        SET_SIZE,
        READ,
        WRITE,
        SYNC,
        MAP;

        /** Whether a read-only file system refuses it. */
        boolean changesTheDisk() {
            return switch (this) {
                case LOCK, CREATE, CREATE_DIRECTORIES, RENAME, DELETE, SET_SIZE, WRITE, SYNC ->
                        true;
                case OPEN, LIST, SYNC_DIRECTORY, SIZE, READ, MAP -> false;
            };
        }
    }

    /** Fails operations whose number lies between first and last, both included. */
    private record Failure(Operation operation, String pathPart, long first, long last) {
        boolean hits(Operation tried, String path, long number) {
            return operation == tried
                    && path.contains(pathPart)
                    && first <= number
                    && number <= last;
        }
    }

    private static final String NOWHERE = "\0";

    private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
    private final List<Failure> failures = new ArrayList<>();
    private final Map<Operation, Deque<Pause>> pauses = new EnumMap<>(Operation.class);
    private long readOnlyAfterTotal = Long.MAX_VALUE;
    private long hits;
    private long total;
    private long crashAfterTotal = Long.MAX_VALUE;
    private long shortWrite = Long.MAX_VALUE;
    private int shortWriteBytes;
    private long budgetBytes = Long.MAX_VALUE;
    private String unreadableMappings = NOWHERE;

    Faults() {}

    /** Lets the {@code nth} operation of a kind fail, and only that. */
    public synchronized void failOnce(Operation operation, long nth) {
        long number = count(operation) + nth;
        failures.add(new Failure(operation, "", number, number));
    }

    /** Lets the {@code nth} operation of a kind fail, and all after it. */
    public synchronized void failFrom(Operation operation, long nth) {
        failures.add(new Failure(operation, "", count(operation) + nth, Long.MAX_VALUE));
    }

    /** Lets a kind of operation fail from now on where the path contains {@code pathPart}. */
    public synchronized void failAt(Operation operation, String pathPart) {
        failures.add(new Failure(operation, pathPart, 0, Long.MAX_VALUE));
    }

    /** Lets the {@code nth} write stop after so many bytes. */
    public synchronized void shortenWrite(long nth, int bytes) {
        shortWrite = count(Operation.WRITE) + nth;
        shortWriteBytes = bytes;
    }

    /**
     * Lets the disk be full after so many more bytes were written, wherever to. Calling it again
     * makes room, or takes it away.
     */
    public synchronized void setUsableBytes(long bytes) {
        budgetBytes = bytes;
    }

    /**
     * Lets reading of what is mapped fail where the path contains {@code pathPart}, as that of a
     * hole does on a file system in memory that is full. Only reading the file works then.
     */
    public synchronized void makeMappingsUnreadable(String pathPart) {
        unreadableMappings = pathPart;
    }

    synchronized boolean isMappingReadable(String path) {
        return !path.contains(unreadableMappings);
    }

    /** Lets everything fail after {@code operations} more of any kind: 0 is at once. */
    public synchronized void crashAfter(long operations) {
        crashAfterTotal = total + operations;
    }

    /** Lets the next operation of a kind wait until it is released. */
    public synchronized Pause pauseNext(Operation operation) {
        Pause pause = new Pause();
        pauses.computeIfAbsent(operation, _ -> new ArrayDeque<>()).add(pause);
        return pause;
    }

    /**
     * Refuses everything that would change the disk, as a file system does after an error, once
     * {@code operations} more of any kind are done: 0 is at once.
     */
    public synchronized void setReadOnlyAfter(long operations) {
        readOnlyAfterTotal = total + operations;
    }

    /** Operations that these faults have made to fail so far; a crash does not count. */
    public synchronized long hits() {
        return hits;
    }

    /** Forgets all faults that were asked for; a crash and pauses stay. */
    public synchronized void heal() {
        failures.clear();
        readOnlyAfterTotal = Long.MAX_VALUE;
        shortWrite = Long.MAX_VALUE;
        budgetBytes = Long.MAX_VALUE;
        unreadableMappings = NOWHERE;
    }

    /** Operations of a kind so far, failed ones included. */
    public synchronized long count(Operation operation) {
        return counts.getOrDefault(operation, 0L);
    }

    /** Operations of all kinds so far, failed ones included. */
    public synchronized long count() {
        return total;
    }

    /** Bytes that fit on the disk, as far as the faults limit it. */
    synchronized long usableBytes() {
        return budgetBytes;
    }

    /** Counts an operation on {@code path}, and fails it if it is its turn. */
    void before(Operation operation, String path) throws IOException {
        Pause pause = count(operation, path);
        if (pause != null) pause.await();
    }

    private synchronized @Nullable Pause count(Operation operation, String path)
            throws IOException {
        requireRunning();
        total++;
        long number = counts.merge(operation, 1L, Long::sum);
        if (total > readOnlyAfterTotal && operation.changesTheDisk()) {
            hits++;
            throw new IOException(path + ": Read-only file system");
        }
        for (Failure failure : failures) {
            if (failure.hits(operation, path, number)) {
                hits++;
                throw new IOException(path + ": " + operation + " fails as told");
            }
        }
        Deque<Pause> waiting = pauses.get(operation);
        return waiting == null ? null : waiting.poll();
    }

    /** Bytes that the current write may write before it must fail; all of them if it need not. */
    synchronized int allowedBytes(int bytes) {
        boolean isShort = count(Operation.WRITE) == shortWrite;
        int wanted = isShort ? Math.min(bytes, shortWriteBytes) : bytes;
        int allowed = (int) Math.min(wanted, budgetBytes);
        budgetBytes -= allowed;
        if (allowed < bytes) hits++;
        return allowed;
    }

    synchronized boolean isRunning() {
        return total < crashAfterTotal;
    }

    synchronized void requireRunning() throws IOException {
        if (!isRunning()) throw new IOException("crashed as told");
    }
}
