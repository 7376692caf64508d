package io.sierra.server.config;

import static io.sierra.server.config.ValueTypes.AUTO;
import static io.sierra.server.config.ValueTypes.address;
import static io.sierra.server.config.ValueTypes.autoOr;
import static io.sierra.server.config.ValueTypes.bool;
import static io.sierra.server.config.ValueTypes.bytes;
import static io.sierra.server.config.ValueTypes.ids;
import static io.sierra.server.config.ValueTypes.integer;
import static io.sierra.server.config.ValueTypes.oneOf;
import static io.sierra.server.config.ValueTypes.path;
import static io.sierra.server.config.ValueTypes.text;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All settings there are. {@code config/sierra.toml} says what each one is for. */
final class Options {
    private static final int MINUTE_MILLIS = 60_000;
    private static final int MAX_COUNT = 65_535;
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    /** Longest thing that one Java array and one frame can hold comfortably. */
    private static final long MAX_BUFFER = GIB;

    private static final String ONE_NODE = "there are no other nodes in this version";
    private static final String GROUP_COMMIT =
            "appends that arrive during a sync form the next batch by themselves";

    private static final Map<String, Option<?>> TABLE = new LinkedHashMap<>();

    static final Option<Optional<Path>> DIR = option("dir", autoOr(path()), AUTO);

    static final Option<Boolean> APPEND_STRICT_VERSIONING =
            option("append.strict_versioning", bool(), "false");

    static final Option<Optional<Integer>> BUCKET_COUNT =
            option("bucket.count", autoOr(integer(1, MAX_COUNT, "")), AUTO);
    static final Option<List<Integer>> BUCKET_IDS =
            unused("bucket.ids", ids(), "", "a single node owns all buckets");

    static final Option<Long> CACHE_CAPACITY_BYTES =
            option("cache.capacity_bytes", bytes(0, 1024 * GIB), "32MB");
    static final Option<Integer> CACHE_MAPPED_FILES =
            option("cache.mapped_files", integer(64, 1 << 20, "files"), "16384");

    static final Option<Integer> HEARTBEAT_INTERVAL_MS =
            unused("heartbeat.interval_ms", millis(1), "1000", ONE_NODE);
    static final Option<Integer> HEARTBEAT_TIMEOUT_MS =
            unused("heartbeat.timeout_ms", millis(1), "6000", ONE_NODE);

    static final Option<Long> LIMITS_MAX_BULK_BYTES =
            option("limits.max_bulk_bytes", bytes(KIB, 512 * MIB), "32MB");
    static final Option<Long> LIMITS_MAX_REQUEST_BYTES =
            option("limits.max_request_bytes", bytes(KIB, 4 * GIB), "128MB");
    static final Option<Integer> LIMITS_MAX_ARRAY_LENGTH =
            option("limits.max_array_length", integer(32, 1 << 20, "elements"), "1048576");
    static final Option<Long> LIMITS_MAX_INLINE_BYTES =
            option("limits.max_inline_bytes", bytes(64, MIB), "64KB");
    static final Option<Integer> LIMITS_MAX_NESTING =
            option("limits.max_nesting", integer(1, 128, "levels"), "8");
    static final Option<Integer> LIMITS_MAX_CONNECTIONS =
            option("limits.max_connections", integer(1, 1_000_000, ""), "10000");
    static final Option<Long> LIMITS_OUTPUT_BUFFER_BYTES =
            option("limits.output_buffer_bytes", bytes(64 * KIB, MAX_BUFFER), "1MB");
    static final Option<Integer> LIMITS_COMMANDS_IN_FLIGHT =
            option("limits.commands_in_flight", integer(1, 1 << 20, "commands"), "4096");
    static final Option<Long> LIMITS_BYTES_IN_FLIGHT =
            option("limits.bytes_in_flight", bytes(64 * KIB, 4 * GIB), "64MB");
    static final Option<Long> LIMITS_MEMORY_BYTES =
            option("limits.memory_bytes", bytes(MIB, 1024 * GIB), "256MB");
    static final Option<Long> LIMITS_PAGE_BYTES =
            option("limits.page_bytes", bytes(4 * KIB, MAX_BUFFER), "1MB");
    static final Option<Integer> LIMITS_MAX_BLOCK_MS =
            option("limits.max_block_ms", integer(1, 60 * MINUTE_MILLIS, "milliseconds"), "60000");

    static final Option<HostAndPort> NETWORK_CLIENT_ADDRESS =
            option("network.client_address", address(), "0.0.0.0:9090");
    static final Option<Settings.DefaultProtocol> NETWORK_DEFAULT_PROTOCOL =
            option(
                    "network.default_protocol",
                    oneOf(Settings.DefaultProtocol.class, Settings.DefaultProtocol::text),
                    "auto");
    static final Option<String> NETWORK_CLUSTER_ADDRESS =
            unused("network.cluster_address", text(), "/ip4/0.0.0.0/tcp/0", ONE_NODE);
    static final Option<Boolean> NETWORK_CLUSTER_ENABLED =
            unused("network.cluster_enabled", bool(), "false", ONE_NODE);
    static final Option<Boolean> NETWORK_MDNS = unused("network.mdns", bool(), "false", ONE_NODE);

    static final Option<Integer> NODE_COUNT = option("node.count", integer(1, MAX_COUNT, ""), "1");
    static final Option<Integer> NODE_INDEX =
            option("node.index", integer(0, MAX_COUNT - 1, ""), "0");

    static final Option<Integer> PARTITION_COUNT =
            option("partition.count", integer(1, MAX_COUNT, ""), "32");
    static final Option<List<Integer>> PARTITION_IDS =
            unused("partition.ids", ids(), "", "a single node owns all partitions");

    static final Option<Integer> REPLICATION_FACTOR =
            option("replication.factor", integer(1, 255, "copies"), "1");
    static final Option<Integer> REPLICATION_BUFFER_SIZE =
            unused("replication.buffer_size", integer(1, 1 << 30, ""), "1000", ONE_NODE);
    static final Option<Integer> REPLICATION_BUFFER_TIMEOUT_MS =
            unused("replication.buffer_timeout_ms", millis(1), "8000", ONE_NODE);
    static final Option<Integer> REPLICATION_CATCHUP_TIMEOUT_MS =
            unused("replication.catchup_timeout_ms", millis(1), "2000", ONE_NODE);

    static final Option<Long> SCRUB_BYTES_PER_SECOND =
            option("scrub.bytes_per_second", bytes(0, 10 * GIB), "4MB");
    static final Option<Integer> SCRUB_INTERVAL_HOURS =
            option("scrub.interval_hours", integer(1, 8_760, "hours"), "168");

    static final Option<Long> SEGMENT_SIZE_BYTES =
            option("segment.size_bytes", bytes(128 * KIB, 10 * GIB), "256MB");
    static final Option<Boolean> SEGMENT_COMPRESSION =
            unused("segment.compression", bool(), "false", "events are stored as they are");

    static final Option<Settings.SyncPolicy> SYNC_POLICY =
            option(
                    "sync.policy",
                    oneOf(Settings.SyncPolicy.class, Settings.SyncPolicy::text),
                    "always");
    static final Option<Integer> SYNC_INTERVAL_MS = option("sync.interval_ms", millis(1), "5");
    static final Option<Integer> SYNC_IDLE_INTERVAL_MS =
            unused("sync.idle_interval_ms", millis(0), "50", GROUP_COMMIT);
    static final Option<Long> SYNC_MAX_BATCH_SIZE =
            unused("sync.max_batch_size", bytes(0, GIB), "50", GROUP_COMMIT);
    static final Option<Long> SYNC_MIN_BYTES =
            unused("sync.min_bytes", bytes(0, GIB), "4096", GROUP_COMMIT);

    static final Option<Optional<Integer>> THREADS_EVENT_LOOPS = threads("threads.event_loops");
    static final Option<Optional<Integer>> THREADS_READ = threads("threads.read");
    static final Option<Optional<Integer>> THREADS_SUBSCRIBE = threads("threads.subscribe");
    static final Option<Optional<Integer>> THREADS_WRITE = threads("threads.write");

    /** By key, in the order above. */
    static final Map<String, Option<?>> ALL = Collections.unmodifiableMap(TABLE);

    private Options() {}

    private static <T> Option<T> option(String key, ValueType<T> type, String defaultText) {
        return unused(key, type, defaultText, "");
    }

    private static <T> Option<T> unused(
            String key, ValueType<T> type, String defaultText, String why) {
        Option<T> option = new Option<>(key, type, defaultText, why);
        TABLE.put(key, option);
        return option;
    }

    private static Option<Optional<Integer>> threads(String key) {
        return option(key, autoOr(integer(1, 1024, "threads")), AUTO);
    }

    private static ValueType<Integer> millis(int min) {
        return integer(min, 10 * MINUTE_MILLIS, "milliseconds");
    }
}
