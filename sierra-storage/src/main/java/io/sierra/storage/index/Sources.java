package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The indexes of segments of one bucket, from files or in memory, whose entries are walked through
 * in one order. Nothing of the files is held on the heap.
 */
public final class Sources implements AutoCloseable {
    private final IndexCheck check;
    private final Arena arena = Arena.ofShared();
    private final List<OpenIndex> open = new ArrayList<>();
    private final List<IndexFile> files = new ArrayList<>();

    /** No indexes yet, of this bucket. */
    public Sources(IndexCheck check) {
        this.check = check;
    }

    /** Adds an index that nobody adds to any more. */
    public void add(OpenIndex index) {
        open.add(index);
    }

    /** Adds the files of a segment on a device; they stay open until {@link #close}. */
    public void add(Device device, int segment) throws IOException {
        for (IndexKind kind : IndexKind.values()) {
            IndexFileId id = check.idOf(kind, segment, segment);
            try (DeviceFile file = device.openForReading(id.path())) {
                MemorySegment bytes = file.map(0, file.size(), arena);
                files.add(IndexFile.open(id, bytes, new VerifiedBlocks(bytes.byteSize())));
            }
        }
    }

    /** Versions of a stream in one segment, without a gap. */
    public interface StreamPiece {
        /** Of the stream. */
        long keyHigh();

        /** Of the stream. */
        long keyLow();

        /** The first of the versions. */
        long firstVersion();

        /** How many versions. */
        int count();

        /**
         * {@link FrameLocation} of the frame with one of them.
         *
         * @param index below {@link #count}
         */
        long location(int index) throws IOException;
    }

    /** Takes the versions of streams. */
    @FunctionalInterface
    public interface StreamVisitor {
        /** Takes a piece, which is only this one until it returns. */
        void stream(StreamPiece piece) throws IOException;
    }

    /** Takes two places. */
    @FunctionalInterface
    public interface PairVisitor {
        /** Events whose ids are probably equal are at these {@link FrameLocation}s. */
        void pair(long location, long laterLocation) throws IOException;
    }

    /** Shows what each segment has of each stream, by stream, then by version. */
    public void forEachStream(StreamVisitor visitor) throws IOException {
        MergedSeries all = new MergedSeries(series(IndexKind.STREAM));
        StreamPiece piece = new PieceAt(all);
        while (all.next()) {
            visitor.stream(piece);
        }
    }

    /** The entry of a cursor. */
    private record PieceAt(SeriesCursor cursor) implements StreamPiece {
        @Override
        public long keyHigh() {
            return cursor.keyHigh();
        }

        @Override
        public long keyLow() {
            return cursor.keyLow();
        }

        @Override
        public long firstVersion() {
            return cursor.firstNumber();
        }

        @Override
        public int count() {
            return cursor.count();
        }

        @Override
        public long location(int index) throws IOException {
            return FrameLocation.ofUnits(cursor.segmentNumber(), cursor.units(index));
        }
    }

    /** Shows events whose ids have the same hash. */
    public void forEachEqualId(PairVisitor visitor) throws IOException {
        MergedEvents all = new MergedEvents(events());
        long hash = 0; // of no event
        long location = FrameLocation.NONE;
        while (all.next()) {
            if (all.hash() == hash) {
                visitor.pair(location, all.location());
            }
            hash = all.hash();
            location = all.location();
        }
    }

    List<EventCursor> events() {
        List<EventCursor> cursors = new ArrayList<>();
        open.forEach(index -> cursors.add(index.events().cursor(index.segmentNumber())));
        filesOf(IndexKind.EVENT).forEach(file -> cursors.add(new EventIndexFile(file).cursor()));
        return cursors;
    }

    List<SeriesCursor> series(IndexKind kind) {
        List<SeriesCursor> cursors = new ArrayList<>();
        open.forEach(index -> cursors.add(index.series(kind).cursor(index.segmentNumber())));
        filesOf(kind).forEach(file -> cursors.add(new SeriesIndexFile(file).cursor()));
        return cursors;
    }

    long entryCount(IndexKind kind) {
        return filesOf(kind).stream().mapToLong(file -> file.header().entryCount()).sum();
    }

    long postingCount(IndexKind kind) {
        return filesOf(kind).stream().mapToLong(file -> file.header().postingCount()).sum();
    }

    List<IndexFile> filesOf(IndexKind kind) {
        return files.stream().filter(file -> file.header().id().kind() == kind).toList();
    }

    @Override
    public void close() {
        arena.close();
    }
}
