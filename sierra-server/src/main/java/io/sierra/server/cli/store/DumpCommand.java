package io.sierra.server.cli.store;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sierradb dump}: shows what is in segment files. */
@Command(
        name = "dump",
        description = {
            "Prints the frames of a segment file or a bucket, or the events of a partition or a"
                    + " stream, as they are on the disk, whether a server has the store open or"
                    + " not.",
            "Every checksum is verified; what is damaged is printed as such."
        },
        footer = {
            "",
            "Examples:",
            "  sierradb dump buckets/00000/segments/0000000003/data.evts --events",
            "  sierradb dump --bucket 0 --segment 3 --from 4096 --to 8192",
            "  sierradb dump --partition 7 --from 1000 --to 1010 --json",
            "  sierradb dump --stream user-123 --dir /var/lib/sierradb",
            "Exit codes: 0 done, 1 it failed or met damage, 2 wrong usage."
        })
final class DumpCommand extends StoreCommand {
    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "A segment file, in a store, a backup or elsewhere.")
    private @Nullable Path file;

    @Option(names = "--bucket", paramLabel = "N", description = "Frames of this bucket.")
    private @Nullable Integer bucket;

    @Option(names = "--segment", paramLabel = "N", description = "Only this segment of the bucket.")
    private @Nullable Integer segment;

    @Option(names = "--partition", paramLabel = "N", description = "Events of this partition.")
    private @Nullable Integer partition;

    @Option(names = "--stream", paramLabel = "ID", description = "Events of this stream.")
    private @Nullable String stream;

    @Option(
            names = "--partition-key",
            paramLabel = "UUID",
            description = "The stream's key, if it was written with another than its own.")
    private @Nullable UUID partitionKey;

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "First file offset of frames, sequence of a partition or version of a stream;"
                            + " ${DEFAULT-VALUE} if not set.")
    private long from;

    @Option(names = "--to", paramLabel = "N", description = "The last one, inclusive.")
    private long to = Long.MAX_VALUE;

    @Option(names = "--events", description = "Prints frames with their events.")
    private boolean events;

    @Option(names = "--json", description = "Prints one JSON object a line.")
    private boolean json;

    DumpCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        checkSelection();
        PrintWriter out = out();
        Dump dump =
                new Dump(
                        json ? new JsonFramePrinter(out) : new TextFramePrinter(out),
                        new Dump.Range(from, to),
                        events);
        if (file != null) {
            dump.file(inWorkingDirectory(file));
        } else {
            try (StoreFiles store = openStore()) {
                dumpStore(dump, store);
            }
        }
        out.flush();
        return dump.foundDamage() ? 1 : 0;
    }

    private void checkSelection() {
        long selections = Stream.of(file, bucket, partition, stream).filter(o -> o != null).count();
        if (selections != 1) {
            throw wrongUsage("name one of FILE, --bucket, --partition and --stream");
        }
        if (segment != null && bucket == null) {
            throw wrongUsage("--segment goes with --bucket");
        }
        if (partitionKey != null && stream == null) {
            throw wrongUsage("--partition-key goes with --stream");
        }
        requireFrom("--from", from, 0);
        requireFrom("--to", to, from);
    }

    private void dumpStore(Dump dump, StoreFiles store) throws IOException {
        if (bucket != null) {
            requireBelow("--bucket", bucket, store.meta().bucketCount());
            dump.bucket(store, bucket, segment);
        } else if (partition != null) {
            requireBelow("--partition", partition, store.meta().partitionCount());
            dump.partition(store, partition);
        } else if (stream != null) {
            StreamId id = streamId(stream);
            dump.stream(
                    store,
                    id,
                    partitionKey == null
                            ? id.defaultPartitionKey()
                            : PartitionKey.of(partitionKey));
        }
    }

    private StreamId streamId(String text) {
        try {
            return StreamId.of(text);
        } catch (IllegalArgumentException e) {
            throw wrongUsage("--stream: " + e.getMessage());
        }
    }

    private void requireFrom(String option, long number, long least) {
        if (number < least) {
            throw wrongUsage("%s must be %d or more, not %d".formatted(option, least, number));
        }
    }

    private void requireBelow(String option, int number, int end) {
        if (number < 0 || number >= end) {
            throw wrongUsage("%s must be 0 to %d, not %d".formatted(option, end - 1, number));
        }
    }
}
