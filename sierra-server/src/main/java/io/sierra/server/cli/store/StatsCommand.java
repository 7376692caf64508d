package io.sierra.server.cli.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sierra.server.cli.tool.Progress;
import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.stats.StatsReader;
import io.sierra.storage.stats.StoreStats;
import io.sierra.storage.stats.StoreStats.BucketStats;
import io.sierra.storage.stats.StoreStats.PartitionStats;
import io.sierra.storage.stats.StoreStats.StreamStats;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sierradb stats}: what is in a store and how large it is. */
@Command(
        name = "stats",
        description =
                "Counts segments, events and streams of a store and the bytes of its files, whether"
                        + " a server has it open or not. Reads indexes, and only the newest segment"
                        + " of each bucket itself.",
        footer = {
            "",
            "Examples:",
            "  sierradb stats --dir /var/lib/sierradb",
            "  sierradb stats --top 50 --json",
            "Exit codes: 0 done, 1 it failed, 2 wrong usage."
        })
final class StatsCommand extends StoreCommand {
    private static final String DEFAULT_TOP = "10";

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = DEFAULT_TOP,
            description = "How many of the largest streams to list; ${DEFAULT-VALUE} if not set.")
    private int top;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    StatsCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        if (top < 0) {
            throw wrongUsage("--top must be 0 or more, not " + top);
        }
        try (StoreFiles store = openStore()) {
            int buckets = store.meta().bucketCount();
            Progress progress = Progress.on(err(), Progress.Unit.BUCKETS);
            StoreStats stats =
                    StatsReader.read(
                            store, top, done -> progress.update(done, (double) done / buckets));
            progress.clear();
            if (json) {
                printJson(out(), stats);
            } else {
                print(out(), stats);
            }
            out().flush();
            return 0;
        }
    }

    private static void printJson(PrintWriter out, StoreStats stats)
            throws JsonProcessingException {
        out.println(
                JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(stats));
    }

    private static void print(PrintWriter out, StoreStats stats) {
        out.printf(
                "store %s: %,d events, %,d streams, %,d segments of %,d bytes%n",
                stats.store().storeId(),
                sum(stats, BucketStats::events),
                sum(stats, BucketStats::streams),
                sum(stats, BucketStats::segments),
                stats.store().segmentSizeBytes());
        out.printf(
                "%n%6s %9s %14s %12s %15s %15s %13s %13s %13s%n",
                "bucket",
                "segments",
                "events",
                "streams",
                "data bytes",
                "file bytes",
                "index bytes",
                "run bytes",
                "spare bytes");
        for (BucketStats bucket : stats.buckets()) {
            out.printf(
                    "%6d %,9d %,14d %,12d %,15d %,15d %,13d %,13d %,13d%n",
                    bucket.bucketId(),
                    bucket.segments(),
                    bucket.events(),
                    bucket.streams(),
                    bucket.dataBytes(),
                    bucket.fileBytes(),
                    bucket.indexBytes(),
                    bucket.runBytes(),
                    bucket.spareBytes());
            if (!bucket.segmentsWithoutIndex().isEmpty()) {
                out.printf(
                        "       streams of segments %s are not counted: they have no index%n",
                        bucket.segmentsWithoutIndex());
            }
        }
        out.printf("%n%9s %6s %14s%n", "partition", "bucket", "events");
        for (PartitionStats partition : stats.partitions()) {
            out.printf(
                    "%9d %6d %,14d%s%n",
                    partition.partitionId(),
                    partition.bucketId(),
                    partition.events(),
                    partition.damage().isEmpty() ? "" : "  out of service: " + partition.damage());
        }
        if (!stats.largestStreams().isEmpty()) {
            out.printf("%n%9s %14s  %s%n", "partition", "events", "stream");
        }
        for (StreamStats stream : stats.largestStreams()) {
            out.printf("%9d %,14d  %s%n", stream.partitionId(), stream.events(), stream.name());
        }
    }

    private static long sum(StoreStats stats, ToLongFunction<BucketStats> value) {
        return stats.buckets().stream().mapToLong(value).sum();
    }
}
