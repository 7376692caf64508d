package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.cli.tool.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sierradb import}: appends the events of a file to a running server. */
@Command(
        name = "import",
        description = "Appends the events of a file to a running server.",
        footer = {
            "",
            "One JSON object a line: stream, name, and where wanted timestamp (ms), payload,",
            "metadata (any JSON), event_id, partition_key. The same file can be imported again:",
            "events that are already there are left as they are.",
            "",
            "Examples:",
            "  sierradb import events.jsonl.gz --address 127.0.0.1:9090",
            "  sierradb export --address old:9090 | sierradb import - --address new:9090",
            "Exit codes: 0 done, 1 it failed, or a line that --skip-bad would pass over, 2 wrong"
                    + " usage."
        })
final class ImportCommand extends ClientCommand {
    private static final String STANDARD_INPUT = "-";

    @Parameters(
            paramLabel = "FILE",
            description = "JSON lines, packed by gzip or not; - reads standard input.")
    private String file = STANDARD_INPUT;

    @Option(
            names = "--skip-bad",
            description = "Goes on after lines that are no events or that the server refuses.")
    private boolean skipBad;

    @Option(
            names = "--retry-seconds",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long to wait for a server that went away; ${DEFAULT-VALUE}.")
    private int retrySeconds;

    @Override
    public Integer call() throws IOException {
        Progress progress = Progress.on(err(), Progress.Unit.EVENTS);
        Duration patience = Duration.ofSeconds(retrySeconds);
        try (EventFile events = open();
                ServerLink link = new ServerLink(address(), patience)) {
            Importer.Summary summary =
                    new Importer(link, skipBad, patience, progress, err()::println).run(events);
            progress.clear();
            print(out(), summary, progress.seconds());
            return summary.failed() == 0 || skipBad ? 0 : 1;
        }
    }

    private EventFile open() throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return EventFile.of(System.in);
        }
        Path path = Path.of(file);
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new CommandFailedException("cannot read " + path);
        }
        return EventFile.open(path);
    }

    private static void print(PrintWriter out, Importer.Summary summary, double seconds) {
        out.printf(
                "%,d events in %.1f s (%,.0f/s): %,d new, %,d already there, %,d failed%n",
                summary.total(),
                seconds,
                summary.total() / seconds,
                summary.added(),
                summary.alreadyThere(),
                summary.failed());
        out.flush();
    }
}
