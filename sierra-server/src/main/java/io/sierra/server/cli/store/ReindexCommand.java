package io.sierra.server.cli.store;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.cli.tool.Progress;
import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.bucket.Reindex;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sierradb reindex}: makes the index files of a stopped store again. */
@Command(
        name = "reindex",
        description = {
            "Makes the indexes of a stopped store again, from its log. It may be interrupted and"
                    + " given again; the old indexes are used until the new ones are there.",
            "A server does this by itself for an index that is missing or bad."
        },
        footer = {
            "",
            "Examples:",
            "  sierradb reindex --dir /var/lib/sierradb",
            "  sierradb reindex --bucket 0,3",
            "Exit codes: 0 done, 1 it failed, or events are lost in the log, 2 wrong usage."
        })
final class ReindexCommand extends StoreCommand {
    @Option(
            names = "--bucket",
            paramLabel = "N",
            split = ",",
            description = "Only these buckets; all if not set.")
    private List<Integer> buckets = new ArrayList<>();

    ReindexCommand(Host host) {
        super(host);
    }

    /** What is to be done. */
    private record Plan(Map<Integer, List<SegmentFile>> sealed) {
        long lengthBytes() {
            return sealed.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(SegmentFile::lengthBytes)
                    .sum();
        }

        long segments() {
            return sealed.values().stream().mapToLong(List::size).sum();
        }
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        PrintWriter out = out();
        try (StoreFiles store = openStore()) {
            checkBuckets(store.meta().bucketCount());
            lock(store);
            Plan plan = plan(store);
            Progress progress = Progress.on(err(), Progress.Unit.BYTES);
            Map<Integer, String> damages = rebuild(store, plan, progress);
            progress.clear();
            damages.forEach((partition, damage) ->
                    err().printf("partition %d is out of service: %s%n", partition, damage));
            err().flush();
            out.printf("indexes of %,d segments in %.1f s%n", plan.segments(), progress.seconds());
            out.flush();
            return damages.isEmpty() ? 0 : 1;
        }
    }

    private void checkBuckets(int bucketCount) {
        for (int bucketId : buckets) {
            if (bucketId < 0 || bucketId >= bucketCount) {
                throw wrongUsage(
                        "--bucket must be 0 to %d, not %d".formatted(bucketCount - 1, bucketId));
            }
        }
    }

    private Plan plan(StoreFiles store) throws IOException {
        Map<Integer, List<SegmentFile>> sealed = new TreeMap<>();
        List<Integer> chosen =
                buckets.isEmpty()
                        ? IntStream.range(0, store.meta().bucketCount()).boxed().toList()
                        : buckets;
        for (int bucketId : chosen) {
            List<SegmentFile> segments = store.segments(bucketId);
            for (SegmentFile segment : segments) {
                if (segment.kind() == Kind.MISSING) {
                    throw new CommandFailedException(
                            store.describe(segment.id().dataFile())
                                    + " is missing: restore it from a backup");
                }
            }
            sealed.put(bucketId, segments.stream().filter(s -> s.kind() == Kind.SEALED).toList());
        }
        return new Plan(sealed);
    }

    private static Map<Integer, String> rebuild(StoreFiles store, Plan plan, Progress progress)
            throws IOException {
        Map<Integer, String> damages = new TreeMap<>();
        long done = 0;
        for (Map.Entry<Integer, List<SegmentFile>> bucket : plan.sealed().entrySet()) {
            try (Reindex reindex =
                    new Reindex(
                            store.device(),
                            store.meta().storeId(),
                            bucket.getKey(),
                            store.partitionIds(bucket.getKey()))) {
                for (SegmentFile segment : bucket.getValue()) {
                    reindex.rebuild(segment.id().segmentNumber());
                    done += segment.lengthBytes();
                    progress.update(done, (double) done / plan.lengthBytes());
                }
                reindex.finish();
                damages.putAll(reindex.damages());
            }
        }
        return damages;
    }
}
