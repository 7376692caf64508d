package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.Progress;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sierradb export}: writes events of a running server to a file. */
@Command(
        name = "export",
        description = "Writes events of a running server as JSON lines, as import reads them.",
        footer = {
            "",
            "Examples:",
            "  sierradb export --address 127.0.0.1:9090 -o events.jsonl.gz",
            "  sierradb export --stream user-123",
            "Exit codes: 0 done, 1 it failed, 2 wrong usage."
        })
final class ExportCommand extends ClientCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BUFFER_BYTES = 1 << 16;

    @Option(names = "--stream", paramLabel = "ID", description = "Only this stream.")
    private @Nullable String stream;

    @Option(
            names = "--partition-key",
            paramLabel = "UUID",
            description = "The stream's key, if it was written with another than its own.")
    private @Nullable String partitionKey;

    @Option(names = "--partition", paramLabel = "ID|KEY", description = "Only this partition.")
    private @Nullable String partition;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; standard output if not set.")
    private @Nullable Path output;

    @Option(
            names = "--gzip",
            description = "Packs the output; so does an output file whose name ends in .gz.")
    private boolean gzip;

    @Override
    public Integer call() throws IOException {
        checkSelection();
        Progress progress = Progress.on(err(), Progress.Unit.EVENTS);
        try (ServerLink link = new ServerLink(address(), PATIENCE)) {
            long written =
                    output == null
                            ? export(link, new FileOutputStream(FileDescriptor.out), progress)
                            : exportTo(output, link, progress);
            progress.clear();
            err().printf("%,d events in %.1f s%n", written, progress.seconds());
            err().flush();
            return 0;
        }
    }

    private void checkSelection() {
        if (stream != null && partition != null) {
            throw wrongUsage("--stream and --partition exclude each other");
        }
        if (partitionKey != null && stream == null) {
            throw wrongUsage("--partition-key goes with --stream only");
        }
    }

    /** The file appears when it is complete. */
    private long exportTo(Path file, ServerLink link, Progress progress) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            long written = export(link, Files.newOutputStream(part), progress);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            return written;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private long export(ServerLink link, OutputStream out, Progress progress) throws IOException {
        try (EventLineWriter writer = new EventLineWriter(packed(out))) {
            Exporter exporter = new Exporter(link, writer, progress);
            if (stream != null) {
                exporter.exportStream(stream, partitionKey);
            } else if (partition != null) {
                exporter.exportPartition(partition);
            } else {
                exporter.exportStore();
            }
            return exporter.written();
        }
    }

    private OutputStream packed(OutputStream out) throws IOException {
        boolean pack = gzip || (output != null && output.toString().endsWith(".gz"));
        return pack
                ? new GZIPOutputStream(out, BUFFER_BYTES)
                : new BufferedOutputStream(out, BUFFER_BYTES);
    }
}
