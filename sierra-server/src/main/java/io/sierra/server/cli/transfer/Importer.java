package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.cli.tool.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Appends the events of a file to a server, in the file's order within each stream. */
final class Importer {
    /** Enough for the server to share syncs between appends; more gains nothing. */
    static final int BATCH_LINES = 500;

    /** Bounds what is held in memory when events are large. */
    private static final int BATCH_BYTES = 8 << 20;

    private static final long FIRST_PAUSE_MILLIS = 5;

    private final ServerLink link;
    private final boolean skipBad;
    private final Duration patience;
    private final Progress progress;
    private final Consumer<String> complain;
    private final DerivedEventId derivedIds = new DerivedEventId();
    private long added;
    private long alreadyThere;
    private long failed;

    /** What became of a file's lines. */
    record Summary(long added, long alreadyThere, long failed) {
        long total() {
            return added + alreadyThere + failed;
        }
    }

    /** A line is bad and was not to be skipped. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super(null, null, false, false);
        }
    }

    /**
     * An import over {@code link}.
     *
     * @param skipBad whether to go on after a line that is no event or that the server refuses
     * @param patience how long to repeat what the server refuses for the moment
     * @param complain takes one line of text for each bad line
     */
    Importer(
            ServerLink link,
            boolean skipBad,
            Duration patience,
            Progress progress,
            Consumer<String> complain) {
        this.link = link;
        this.skipBad = skipBad;
        this.patience = patience;
        this.progress = progress;
        this.complain = complain;
    }

    /** Imports all lines, or those up to the first bad one. */
    Summary run(EventFile file) throws IOException {
        try {
            while (sendNextBatch(file)) {
                progress.update(added + alreadyThere + failed, file.fractionRead());
            }
        } catch (Stopped _) {
            // The summary's failed line says it.
        }
        return new Summary(added, alreadyThere, failed);
    }

    private boolean sendNextBatch(EventFile file) throws IOException {
        List<Batch.Item> items = new ArrayList<>();
        long bytes = 0;
        byte[] line = null;
        boolean stopped = false;
        while (items.size() < BATCH_LINES
                && bytes < BATCH_BYTES
                && !stopped
                && (line = file.readLine()) != null) {
            bytes += line.length;
            try {
                items.add(new Batch.Item(file.lineNumber(), parse(line)));
            } catch (BadLineException e) {
                stopped = !reportBad(file.lineNumber(), String.valueOf(e.getMessage()));
            }
        }
        send(items);
        return line != null && !stopped;
    }

    private EventLine parse(byte[] line) throws BadLineException {
        EventLine event = EventLineReader.read(line);
        return event.eventId() == null ? withId(event, derivedIds.of(event, line)) : event;
    }

    private static EventLine withId(EventLine event, @Nullable UUID id) {
        return new EventLine(
                event.stream(),
                event.name(),
                id,
                event.partitionKey(),
                event.timestampMillis(),
                event.payload(),
                event.metadata());
    }

    private void send(List<Batch.Item> items) throws IOException {
        Batch batch = new Batch(items, this::onRefused);
        try {
            sendAll(batch);
        } finally {
            added += batch.added();
            alreadyThere += batch.alreadyThere();
        }
    }

    private void sendAll(Batch batch) throws IOException {
        long progressNanos = System.nanoTime();
        long pause = FIRST_PAUSE_MILLIS;
        while (!batch.isDone()) {
            if (batch.sendOnce(link)) {
                progressNanos = System.nanoTime();
                pause = FIRST_PAUSE_MILLIS;
            } else if (System.nanoTime() - progressNanos > patience.toNanos()) {
                throw new CommandFailedException(
                        "the server does not take more events: " + batch.lastRefusal());
            } else {
                ServerLink.pause(pause);
                pause = ServerLink.longer(pause);
            }
        }
    }

    private void onRefused(Batch.Item item, String reason) {
        if (!reportBad(item.lineNumber(), reason)) {
            throw new Stopped();
        }
    }

    private boolean reportBad(long lineNumber, String reason) {
        failed++;
        progress.clear();
        complain.accept("line " + lineNumber + ": " + reason);
        return skipBad;
    }
}
