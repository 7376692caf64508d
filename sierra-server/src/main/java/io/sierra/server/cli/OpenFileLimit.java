package io.sierra.server.cli;

import io.sierra.server.cli.tool.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many files the system lets this process have open; a connection is one, too.
 *
 * <p>A server that runs out of them can begin no segment and load no class. So it does not start
 * with too few, and takes no more connections than leave enough.
 *
 * @param files most of them; {@link Long#MAX_VALUE} if that is not known
 */
record OpenFileLimit(long files) {
    /** The program itself: its libraries, its logs, what the JVM opens. */
    private static final int PROGRAM = 112;

    /** A segment and its allocator, and the same again during a roll-over. */
    private static final int OF_BUCKET = 4;

    /** What waits for sockets, timers and other threads. */
    private static final int OF_EVENT_LOOP = 3;

    private static final int FEWEST_CONNECTIONS = 16;
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    /** The limit of this process, on systems that tell. */
    static OpenFileLimit ofThisProcess() {
        try {
            return Files.isReadable(LIMITS)
                    ? of(Files.readAllLines(LIMITS))
                    : new OpenFileLimit(Long.MAX_VALUE);
        } catch (IOException _) {
            return new OpenFileLimit(Long.MAX_VALUE);
        }
    }

    /** The limit in the lines of Linux's {@code /proc/self/limits}. */
    static OpenFileLimit of(List<String> lines) {
        for (String line : lines) {
            if (line.startsWith(LINE)) {
                String soft = line.substring(LINE.length()).strip().split(" +", 2)[0];
                return new OpenFileLimit(
                        soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft));
            }
        }
        return new OpenFileLimit(Long.MAX_VALUE);
    }

    /** Why not even the program can be loaded, or null if it can. */
    @Nullable String problem() {
        return files < PROGRAM ? tooFew(PROGRAM) : null;
    }

    /**
     * How many connections there may be.
     *
     * @param wanted most of them, as configured
     * @return as many, or fewer if more would not leave enough files
     * @throws CommandFailedException if there are too few files to serve at all
     */
    int connections(int wanted, int buckets, int eventLoops) {
        long needed = PROGRAM + (long) OF_BUCKET * buckets + (long) OF_EVENT_LOOP * eventLoops;
        if (files < needed + FEWEST_CONNECTIONS) {
            throw new CommandFailedException(tooFew(needed + FEWEST_CONNECTIONS));
        }
        return (int) Math.min(wanted, files - needed);
    }

    private String tooFew(long needed) {
        return "this process may have %d open files, and needs %d or more: raise the limit (ulimit -n)"
                .formatted(files, needed);
    }
}
