package io.sierra.server.config;

import java.nio.file.Path;
import java.util.Locale;

/**
 * What a server was told, checked. Ranges and defaults of all values are in {@link Options},
 * meanings in {@code config/sierra.toml}.
 *
 * @param directory where the data is
 */
public record Settings(
        Path directory,
        Append append,
        Bucket bucket,
        Cache cache,
        Limits limits,
        Network network,
        Partition partition,
        Scrub scrub,
        Segment segment,
        Sync sync,
        Threads threads) {

    /**
     * How appends are judged.
     *
     * @param strictVersioning whether an append must name the exact version it expects
     */
    public record Append(boolean strictVersioning) {}

    /**
     * Fixed for the life of a data directory.
     *
     * @param count of a new one
     * @param automatic whether nobody has chosen a count, so that an existing one keeps its own
     */
    public record Bucket(int count, boolean automatic) {}

    /**
     * What is kept at hand.
     *
     * @param capacityBytes for the ends of streams, which every append looks at
     * @param mappedFiles files of segments and indexes that are mapped at a time
     */
    public record Cache(long capacityBytes, int mappedFiles) {}

    /**
     * What one client may ask for.
     *
     * @param maxBulkBytes longest argument
     * @param maxRequestBytes all arguments of one command together
     * @param maxArrayLength most arguments of one command
     * @param maxInlineBytes longest line that is not in RESP
     * @param maxNesting deepest array within arrays
     * @param outputBufferBytes per connection; replies that wait for a client that does not read
     * @param commandsInFlight per connection; commands that have no reply yet
     * @param bytesInFlight per connection; bytes of events that are being appended
     * @param memoryBytes all connections together; unfinished requests, unread replies and events
     *     that are being appended
     * @param pageBytes most bytes of events in one reply; at least one event is always given
     * @param maxBlockMillis longest time that EREAD and EPREAD wait
     */
    public record Limits(
            long maxBulkBytes,
            long maxRequestBytes,
            int maxArrayLength,
            long maxInlineBytes,
            int maxNesting,
            int maxConnections,
            long outputBufferBytes,
            int commandsInFlight,
            long bytesInFlight,
            long memoryBytes,
            long pageBytes,
            int maxBlockMillis) {}

    /** Where clients connect and what they find. */
    public record Network(HostAndPort clientAddress, DefaultProtocol defaultProtocol) {}

    /** What a connection speaks before its HELLO. */
    public enum DefaultProtocol {
        /** RESP2, but RESP3 for SierraDB's Rust client, which says no HELLO. */
        AUTO("auto"),
        RESP2("2"),
        RESP3("3");

        private final String text;

        DefaultProtocol(String text) {
            this.text = text;
        }

        /** As it is written in a file. */
        public String text() {
            return text;
        }
    }

    /** Fixed for the life of a data directory. */
    public record Partition(int count) {}

    /**
     * How sealed segments are read again to find rot.
     *
     * @param bytesPerSecond most to read; 0 to read nothing
     * @param intervalHours from the end of one pass to the beginning of the next
     */
    public record Scrub(long bytesPerSecond, int intervalHours) {}

    /** Fixed for the life of a data directory. */
    public record Segment(long sizeBytes) {}

    /**
     * When data is forced to the disk.
     *
     * @param intervalMillis time between two syncs with {@link SyncPolicy#INTERVAL}
     */
    public record Sync(SyncPolicy policy, int intervalMillis) {}

    /** What an acknowledged append has survived. */
    public enum SyncPolicy {
        /** It is on the disk. */
        ALWAYS,
        /** It was written; the disk is synced every so many milliseconds. */
        INTERVAL,
        /** It was written; the operating system syncs when it likes. */
        OS;

        /** As it is written in a file. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How many threads there are.
     *
     * @param subscribe readers of the log for subscriptions, EREAD and EPREAD
     * @param write bucket writers; divides the number of buckets
     */
    public record Threads(int eventLoops, int read, int subscribe, int write) {

        /** Most threads, up to {@code limit}, that can share so many buckets evenly. */
        public static int sharing(int buckets, int limit) {
            int threads = Math.min(limit, buckets);
            while (buckets % threads != 0) {
                threads--;
            }
            return threads;
        }
    }
}
