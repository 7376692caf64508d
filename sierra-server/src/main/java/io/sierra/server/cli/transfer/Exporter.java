package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads events from a server page by page and writes them as lines. */
final class Exporter {
    private static final String PAGE_EVENTS = "1000";

    private final ServerLink link;
    private final EventLineWriter writer;
    private final Progress progress;
    private long written;
    private long expected;

    Exporter(ServerLink link, EventLineWriter writer, Progress progress) {
        this.link = link;
        this.writer = writer;
        this.progress = progress;
    }

    /** How many events were written. */
    long written() {
        return written;
    }

    /** Everything, partition after partition; within each in its order. */
    void exportStore() throws IOException {
        int partitions = link.ask(client -> client.partitionCount());
        List<String> ids = IntStream.range(0, partitions).mapToObj(Integer::toString).toList();
        exportPartitions(ids);
    }

    /**
     * One partition.
     *
     * @param selector its id or a key that belongs to it
     */
    void exportPartition(String selector) throws IOException {
        exportPartitions(List.of(selector));
    }

    private void exportPartitions(List<String> selectors) throws IOException {
        for (String selector : selectors) {
            expected += count(link.ask(client -> client.call("EPSEQ", selector)));
        }
        for (String selector : selectors) {
            scan(List.of("EPSCAN", selector), List.of(), "partition_sequence");
        }
    }

    /** One stream in its order; without a key the one that its name gives. */
    void exportStream(String stream, @Nullable String partitionKey) throws IOException {
        List<Object> keyOption =
                partitionKey == null ? List.of() : List.of("PARTITION_KEY", partitionKey);
        List<Object> version = new ArrayList<>(List.of("ESVER", stream));
        version.addAll(keyOption);
        expected = count(link.ask(client -> client.call(version.toArray())));
        scan(List.of("ESCAN", stream), keyOption, "stream_version");
    }

    private static long count(RespValue last) throws IOException {
        return last instanceof RespValue.Null ? 0 : last.asNumber() + 1;
    }

    private void scan(List<Object> what, List<Object> options, String position) throws IOException {
        long next = 0;
        boolean more = true;
        while (more) {
            List<Object> command = new ArrayList<>(what);
            command.addAll(List.of(Long.toString(next), "+"));
            command.addAll(options);
            command.addAll(List.of("COUNT", PAGE_EVENTS));
            RespValue.Dictionary page =
                    link.ask(client -> client.call(command.toArray())).asDictionary();
            more = page.get("has_more") instanceof RespValue.Bool(boolean value) && value;
            long start = next;
            next = writeAll(page, position, next);
            if (more && next == start) {
                throw new IOException(
                        "the server has more events after " + next + " but sends none");
            }
            progress.update(written, (double) written / Math.max(written, expected));
        }
    }

    private long writeAll(RespValue.Dictionary page, String position, long next)
            throws IOException {
        if (!(page.get("events") instanceof RespValue.Array(List<RespValue> events))) {
            throw new IOException("unexpected reply: events are no array");
        }
        long end = next;
        for (RespValue event : events) {
            writer.write(event.asDictionary());
            end = event.asDictionary().number(position) + 1;
            written++;
        }
        return end;
    }
}
