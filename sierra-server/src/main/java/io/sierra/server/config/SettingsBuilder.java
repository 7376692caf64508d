package io.sierra.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns gathered values into settings and collects what is wrong with them. */
final class SettingsBuilder {
    private final Map<String, RawValue> raw;
    private final Host host;
    private final List<String> problems;
    private final Map<Option<?>, Object> parsed = new HashMap<>();

    /**
     * Settings out of {@code raw}.
     *
     * @param problems what is wrong is added here, one line each
     */
    SettingsBuilder(Map<String, RawValue> raw, Host host, List<String> problems) {
        this.raw = raw;
        this.host = host;
        this.problems = problems;
    }

    /** The settings, or null if there are problems, those found before included. */
    @Nullable Settings build() {
        Options.ALL.values().forEach(this::parse);
        checkTogether();
        checkLimits();
        return problems.isEmpty() ? settings() : null;
    }

    private <T> void parse(Option<T> option) {
        RawValue value = raw.get(option.key());
        if (value == null) {
            parsed.put(option, option.defaultValue());
            return;
        }
        try {
            parsed.put(option, option.type().parse(value.text()));
        } catch (IllegalArgumentException e) {
            // What is wrong with the text is clear from what is allowed; parsing goes on with the
            // default so that the other problems are found as well.
            parsed.put(option, option.defaultValue());
            problem(option, "must be " + option.type().allowed());
        }
    }

    /** Everything that parses but does not go together. */
    private void checkTogether() {
        int partitions = get(Options.PARTITION_COUNT);
        int buckets = buckets();
        if (buckets > partitions) {
            problem(
                    Options.BUCKET_COUNT,
                    "must not be more than partition.count, which is " + partitions);
        }
        if (buckets % writeThreads() != 0) {
            problem(
                    Options.THREADS_WRITE,
                    "must divide bucket.count, which is " + buckets + ", without a remainder");
        }
        int nodes = get(Options.NODE_COUNT);
        if (nodes > 1) {
            problem(
                    Options.NODE_COUNT,
                    "must be 1: replication between nodes is not in this version");
        }
        if (get(Options.NODE_INDEX) >= nodes) {
            problem(Options.NODE_INDEX, "must be less than node.count, which is " + nodes);
        }
        if (get(Options.REPLICATION_FACTOR) > nodes) {
            problem(
                    Options.REPLICATION_FACTOR,
                    "must not be more than node.count, which is " + nodes);
        }
    }

    private void checkLimits() {
        if (get(Options.LIMITS_MAX_BULK_BYTES) > get(Options.LIMITS_MAX_REQUEST_BYTES)) {
            problem(
                    Options.LIMITS_MAX_BULK_BYTES,
                    "must not be more than limits.max_request_bytes, which is "
                            + ByteSize.format(get(Options.LIMITS_MAX_REQUEST_BYTES)));
        }
    }

    private void problem(Option<?> option, String text) {
        RawValue value =
                raw.getOrDefault(option.key(), new RawValue(option.defaultText(), "default"));
        problems.add(option.key() + " = " + value.text() + " (" + value.origin() + "): " + text);
    }

    private Settings settings() {
        return new Settings(
                host.workingDirectory()
                        .resolve(get(Options.DIR).orElseGet(host::dataDirectory))
                        .normalize(),
                new Settings.Append(get(Options.APPEND_STRICT_VERSIONING)),
                new Settings.Bucket(buckets(), get(Options.BUCKET_COUNT).isEmpty()),
                new Settings.Cache(
                        get(Options.CACHE_CAPACITY_BYTES), get(Options.CACHE_MAPPED_FILES)),
                limits(),
                new Settings.Network(
                        get(Options.NETWORK_CLIENT_ADDRESS), get(Options.NETWORK_DEFAULT_PROTOCOL)),
                new Settings.Partition(get(Options.PARTITION_COUNT)),
                new Settings.Scrub(
                        get(Options.SCRUB_BYTES_PER_SECOND), get(Options.SCRUB_INTERVAL_HOURS)),
                new Settings.Segment(get(Options.SEGMENT_SIZE_BYTES)),
                new Settings.Sync(get(Options.SYNC_POLICY), get(Options.SYNC_INTERVAL_MS)),
                threads());
    }

    private Settings.Limits limits() {
        return new Settings.Limits(
                get(Options.LIMITS_MAX_BULK_BYTES),
                get(Options.LIMITS_MAX_REQUEST_BYTES),
                get(Options.LIMITS_MAX_ARRAY_LENGTH),
                get(Options.LIMITS_MAX_INLINE_BYTES),
                get(Options.LIMITS_MAX_NESTING),
                get(Options.LIMITS_MAX_CONNECTIONS),
                get(Options.LIMITS_OUTPUT_BUFFER_BYTES),
                get(Options.LIMITS_COMMANDS_IN_FLIGHT),
                get(Options.LIMITS_BYTES_IN_FLIGHT),
                get(Options.LIMITS_MEMORY_BYTES),
                get(Options.LIMITS_PAGE_BYTES),
                get(Options.LIMITS_MAX_BLOCK_MS));
    }

    private Settings.Threads threads() {
        int processors = host.processors();
        return new Settings.Threads(
                get(Options.THREADS_EVENT_LOOPS).orElse(Math.max(1, processors / 2)),
                get(Options.THREADS_READ).orElse(Math.clamp(2L * processors, 4, 32)),
                get(Options.THREADS_SUBSCRIBE).orElse(Math.clamp(processors, 2, 32)),
                writeThreads());
    }

    /**
     * One for each thread that writes. Each has a file of its own to be synced, so more of them
     * make a thread sync more often for fewer appends.
     */
    private int buckets() {
        return get(Options.BUCKET_COUNT)
                .orElseGet(() -> {
                    int threads = get(Options.THREADS_WRITE).orElseGet(this::defaultWriteThreads);
                    return Math.min(threads, get(Options.PARTITION_COUNT));
                });
    }

    private int writeThreads() {
        return get(Options.THREADS_WRITE)
                .orElseGet(() -> Settings.Threads.sharing(buckets(), defaultWriteThreads()));
    }

    /**
     * One thread for two processors. More of them sync smaller batches more often, and clients and
     * event loops want the processors too.
     */
    private int defaultWriteThreads() {
        return Math.max(1, host.processors() / 2);
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // parse() has put the value of the option's type
    private <T> T get(Option<T> option) {
        return (T) parsed.get(option);
    }
}
