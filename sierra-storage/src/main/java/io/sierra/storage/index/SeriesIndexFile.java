package io.sierra.storage.index;

/** The stream or partition index of a segment or a run: key and number to location. */
final class SeriesIndexFile {
    private static final int KEY_WORDS = 3;

    /** Position of an entry that is not there. */
    private static final long NONE = -1;

    private final IndexFile file;
    private final EntrySearch search;

    SeriesIndexFile(IndexFile file) {
        this.file = file;
        this.search = new EntrySearch(file, KEY_WORDS);
    }

    IndexFile file() {
        return file;
    }

    EntrySearch search() {
        return search;
    }

    /** The last number of a series, -1 if it has none here. */
    long lastNumber(long keyHigh, long keyLow) throws CorruptIndexException {
        long at = find(keyHigh, keyLow, Long.MAX_VALUE);
        return at == NONE ? -1 : firstNumber(at) + count(at) - 1;
    }

    /**
     * The largest number of a series up to this one, -1 if it has none here.
     *
     * @param found takes what is known of it
     */
    long lastNumberUpTo(long keyHigh, long keyLow, long number, FoundEvent found)
            throws CorruptIndexException {
        long at = find(keyHigh, keyLow, number);
        if (at == NONE) return -1;
        long first = firstNumber(at);
        int count = count(at);
        long index = Math.min(number - first, count - 1);
        long location = FrameLocation.ofUnits(segmentNumber(at), units(at, index, count));
        found.set(location, hasDefaultPartitionKey(at), /* isSealed= */ true);
        return first + index;
    }

    /** The smallest number of a series from this one on, -1 if it has none here. */
    long firstNumberFrom(long keyHigh, long keyLow, long number) throws CorruptIndexException {
        long entry = search.floor(keyHigh, keyLow, number);
        long at = positionOf(entry, keyHigh, keyLow);
        if (at != NONE && number < firstNumber(at) + count(at)) {
            return number;
        }
        long next = positionOf(entry + 1, keyHigh, keyLow);
        return next == NONE ? -1 : firstNumber(next);
    }

    /**
     * Locations of those numbers in a range that are here.
     *
     * @param first of the range
     * @param end of the range, exclusive
     * @param locations takes that of number n at n - {@code first}
     * @return the smallest number of the series that was met, {@code end} if none was: if it is
     *     above {@code first}, older indexes may have the rest
     */
    long locate(long keyHigh, long keyLow, long first, long end, long[] locations)
            throws CorruptIndexException {
        long oldest = end;
        long entry = search.floor(keyHigh, keyLow, end - 1);
        for (; oldest > first; entry--) {
            long at = positionOf(entry, keyHigh, keyLow);
            if (at == NONE) return oldest;
            oldest = firstNumber(at);
            int count = count(at);
            int segment = segmentNumber(at);
            long from = Math.max(first, oldest);
            long to = Math.min(end, oldest + count);
            for (long number = from; number < to; number++) {
                int units = units(at, number - oldest, count);
                locations[(int) (number - first)] = FrameLocation.ofUnits(segment, units);
            }
        }
        return oldest;
    }

    /** Shows where each number is, by key, then number. */
    void forEach(IndexCheck.NumberVisitor visitor) throws CorruptIndexException {
        FileCursor cursor = new FileCursor();
        while (cursor.next()) {
            for (int index = 0; index < cursor.count(); index++) {
                long location = FrameLocation.ofUnits(cursor.segmentNumber(), cursor.units(index));
                visitor.number(
                        cursor.keyHigh(),
                        cursor.keyLow(),
                        cursor.firstNumber() + index,
                        FrameLocation.fileOffset(location));
            }
        }
    }

    /** Position of the entry of a series with the largest first number up to {@code number}. */
    private long find(long keyHigh, long keyLow, long number) throws CorruptIndexException {
        return positionOf(search.floor(keyHigh, keyLow, number), keyHigh, keyLow);
    }

    /** Position of an entry; {@link #NONE} if there is no such one, or it is of another series. */
    private long positionOf(long entry, long keyHigh, long keyLow) throws CorruptIndexException {
        if (entry < 0 || entry >= file.header().entryCount()) return NONE;
        long at = search.position(entry);
        return file.longAt(at + SeriesEntry.KEY_HIGH_OFFSET) == keyHigh
                        && file.longAt(at + SeriesEntry.KEY_LOW_OFFSET) == keyLow
                ? at
                : NONE;
    }

    // What the entry at a position of the file says:

    private long firstNumber(long at) {
        return file.longAt(at + SeriesEntry.FIRST_NUMBER_OFFSET);
    }

    private int count(long at) throws CorruptIndexException {
        int count = file.intAt(at + SeriesEntry.COUNT_OFFSET);
        if (count < 1) throw file.corrupt("the entry at " + at + " has " + count + " numbers");
        return count;
    }

    /** See {@link FoundEvent#hasDefaultPartitionKey}. */
    private boolean hasDefaultPartitionKey(long at) {
        int flags = file.intAt(at + SeriesEntry.FLAGS_OFFSET);
        return (flags & SeriesEntry.DEFAULT_PARTITION_KEY) != 0;
    }

    /** The segment that has its events. */
    private int segmentNumber(long at) throws CorruptIndexException {
        IndexFileId id = file.header().id();
        int segment = FrameLocation.segmentNumber(lastLocation(at));
        if (segment < id.firstSegment() || segment > id.lastSegment()) {
            throw file.corrupt("the entry at " + at + " names segment " + segment);
        }
        return segment;
    }

    /** File offset of the frame of its {@code index}th number, in units of 8 bytes. */
    private int units(long at, long index, int count) throws CorruptIndexException {
        if (index == count - 1) return (int) lastLocation(at);
        long posting = file.longAt(at + SeriesEntry.FIRST_POSTING_OFFSET) + index;
        if (posting < 0 || posting >= file.header().postingCount()) {
            throw file.corrupt("the entry at " + at + " has a posting " + posting);
        }
        return file.getInt(file.header().postingsOffset() + posting * Integer.BYTES);
    }

    private long lastLocation(long at) {
        return file.longAt(at + SeriesEntry.LAST_LOCATION_OFFSET);
    }

    SeriesCursor cursor() {
        return new FileCursor();
    }

    /** A cursor for copying, see {@link IndexFile#unverified}. */
    SeriesCursor copyingCursor() {
        return new SeriesIndexFile(file.unverified()).cursor();
    }

    private final class FileCursor implements SeriesCursor {
        private long entry = -1;
        private long at;
        private long keyHigh;
        private long keyLow;
        private long firstNumber;
        private boolean hasDefaultPartitionKey;
        private int count;
        private int segmentNumber;

        @Override
        public boolean next() throws CorruptIndexException {
            if (++entry >= file.header().entryCount()) return false;
            at = search.position(entry);
            keyHigh = file.longAt(at + SeriesEntry.KEY_HIGH_OFFSET);
            keyLow = file.longAt(at + SeriesEntry.KEY_LOW_OFFSET);
            firstNumber = SeriesIndexFile.this.firstNumber(at);
            hasDefaultPartitionKey = SeriesIndexFile.this.hasDefaultPartitionKey(at);
            count = SeriesIndexFile.this.count(at);
            segmentNumber = SeriesIndexFile.this.segmentNumber(at);
            return true;
        }

        @Override
        public long keyHigh() {
            return keyHigh;
        }

        @Override
        public long keyLow() {
            return keyLow;
        }

        @Override
        public long firstNumber() {
            return firstNumber;
        }

        @Override
        public boolean hasDefaultPartitionKey() {
            return hasDefaultPartitionKey;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public int segmentNumber() {
            return segmentNumber;
        }

        @Override
        public int units(int index) throws CorruptIndexException {
            return SeriesIndexFile.this.units(at, index, count);
        }
    }
}
