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

    /** Writes the stream or partition index of one segment, postings included. */
    void writeSegmentSeries(IndexFileHeader header, Supplier<OpenSeriesCursor> entries)
            throws IOException {
        try (IndexFileWriter writer = IndexFileWriter.create(device, header, isLate)) {
            writeFilter(writer, entries.get());
            int posting = 0;
            OpenSeriesCursor cursor = entries.get();
            while (cursor.next()) {
                putEntry(writer, cursor, posting);
                posting += cursor.count();
            }
            writer.align();
            writePostings(writer, entries.get());
            writer.commit();
        }
    }

    /** Writes the stream or partition index of a run. */
    void writeRunSeries(IndexFileHeader header, Supplier<SeriesCursor> entries) throws IOException {
        try (IndexFileWriter writer = IndexFileWriter.create(device, header, isLate)) {
            writeFilter(writer, entries.get());
            SeriesCursor cursor = entries.get();
            for (long n = 0; cursor.next(); n++) {
                checkCancelled(n);
                putEntry(writer, cursor, cursor.segmentNumber());
            }
            writer.commit();
        }
    }

    private static void putEntry(IndexFileWriter writer, SeriesCursor cursor, int reference)
            throws IOException {
        SeriesEntry.encode(
                writer.buffer(),
                cursor.keyHigh(),
                cursor.keyLow(),
                cursor.firstNumber(),
                cursor.count(),
                reference);
    }

    private static void writePostings(IndexFileWriter writer, OpenSeriesCursor cursor)
            throws IOException {
        while (cursor.next()) {
            for (int i = 0; i < cursor.count(); i++) {
                writer.buffer().putInt(cursor.posting(i));
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

        FilterSection(IndexFileWriter writer) {
            this.writer = writer;
            this.lineCount = writer.header().filterLineCount();
        }

        void add(long hash) throws IOException {
            writeUpTo(FilterLine.number(hash, lineCount));
            line.add(hash);
        }

        void end() throws IOException {
            writeUpTo(lineCount);
        }

        private void writeUpTo(long next) throws IOException {
            for (; number < next; number++) line.drainTo(writer.buffer());
        }
    }
}
