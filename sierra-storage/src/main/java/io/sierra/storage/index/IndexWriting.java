package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Turns sorted entries into index files. The entries are walked through more than once, so that
 * nothing has to be held in memory however many there are.
 */
final class IndexWriting {
    private static final int CANCEL_CHECK_MASK = 0xFFF;

    private final Device device;
    private final BooleanSupplier cancelled;
    private final BooleanSupplier isLate;

    /** Writes to a device until {@code cancelled}, which is asked now and then. */
    IndexWriting(Device device, BooleanSupplier cancelled) {
        this(device, cancelled, /* isLate= */ () -> false);
    }

    /** The same, without rests while {@code isLate}. */
    IndexWriting(Device device, BooleanSupplier cancelled, BooleanSupplier isLate) {
        this.device = device;
        this.cancelled = cancelled;
        this.isLate = isLate;
    }

    /** Writes an event index. */
    void writeEvents(IndexFileHeader header, Supplier<EventCursor> entries) throws IOException {
        try (IndexFileWriter writer = IndexFileWriter.create(device, header, isLate)) {
            FilterSection filter = new FilterSection(writer);
            EventCursor forFilter = entries.get();
            for (long n = 0; forFilter.next(); n++) {
                checkCancelled(n);
                filter.add(forFilter.hash());
            }
            filter.end();
            EventCursor cursor = entries.get();
            for (long n = 0; cursor.next(); n++) {
                checkCancelled(n);
                EventEntry.encode(writer.buffer(), cursor.hash(), cursor.location());
            }
            writer.commit();
        }
    }

    /** Writes the stream or partition index of a segment or a run. */
    void writeSeries(IndexFileHeader header, Supplier<SeriesCursor> entries) throws IOException {
        try (IndexFileWriter writer = IndexFileWriter.create(device, header, isLate)) {
            writeFilter(writer, entries.get());
            writeEntries(writer, entries.get());
            writer.align();
            writePostings(writer, entries.get());
            writer.commit();
        }
    }

    private void writeEntries(IndexFileWriter writer, SeriesCursor cursor) throws IOException {
        long posting = 0;
        for (long n = 0; cursor.next(); n++) {
            checkCancelled(n);
            SeriesEntry.encode(writer.buffer(), cursor, posting);
            posting += cursor.count() - 1;
        }
    }

    /** Of all but the last number of each entry, which the entry has. */
    private void writePostings(IndexFileWriter writer, SeriesCursor cursor) throws IOException {
        long n = 0;
        while (cursor.next()) {
            for (int i = 0; i < cursor.count() - 1; i++) {
                checkCancelled(n++);
                writer.buffer().putInt(cursor.units(i));
            }
        }
    }

    private void writeFilter(IndexFileWriter writer, SeriesCursor cursor) throws IOException {
        FilterSection filter = new FilterSection(writer);
        for (long n = 0; cursor.next(); n++) {
            checkCancelled(n);
            filter.add(cursor.keyHigh());
        }
        filter.end();
    }

    private void checkCancelled(long entry) throws IOException {
        if ((entry & CANCEL_CHECK_MASK) == 0 && cancelled.getAsBoolean()) {
            throw new IOException("the index was closed while it was written");
        }
    }

    /** Fills the filter's lines one after the other, as the sorted keys ask for them. */
    private static final class FilterSection {
        private final IndexFileWriter writer;
        private final FilterLine line = new FilterLine();
        private final long lineCount;
        private long number;
        private long entries;
        private long firstEntry;

        FilterSection(IndexFileWriter writer) {
            this.writer = writer;
            this.lineCount = writer.header().filterLineCount();
        }

        void add(long hash) throws IOException {
            writeUpTo(FilterLine.number(hash, lineCount));
            line.add(hash);
            entries++;
        }

        void end() throws IOException {
            writeUpTo(lineCount);
            writer.align();
        }

        private void writeUpTo(long next) throws IOException {
            for (; number < next; number++) {
                line.drainTo(writer.buffer(), firstEntry);
                firstEntry = entries;
            }
        }
    }
}
