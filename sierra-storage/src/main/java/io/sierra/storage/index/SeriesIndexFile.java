package io.sierra.storage.index;

/** The stream or partition index of a segment or a run: key and number to location. */
final class SeriesIndexFile {
    private static final int KEY_WORDS = 3;

    /** No entry. */
    static final long NONE = -1;

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

    /**
     * The entry of a series with the largest first number up to {@code number}, or {@link #NONE}.
     */
    long find(long keyHigh, long keyLow, long number) throws CorruptIndexException {
        long entry = search.floor(keyHigh, keyLow, number);
        return isOf(entry, keyHigh, keyLow) ? entry : NONE;
    }

    /** The smallest number of a series from this one on, -1 if it has none here. */
    long firstNumberFrom(long keyHigh, long keyLow, long number) throws CorruptIndexException {
        long entry = search.floor(keyHigh, keyLow, number);
        if (isOf(entry, keyHigh, keyLow) && number < firstNumber(entry) + count(entry)) {
            return number;
        }
        return isOf(entry + 1, keyHigh, keyLow) ? firstNumber(entry + 1) : -1;
    }

    private boolean isOf(long entry, long keyHigh, long keyLow) throws CorruptIndexException {
        if (entry < 0 || entry >= file.header().entryCount()) return false;
        long position = file.position(offset(entry));
        return file.longAt(position + SeriesEntry.KEY_HIGH_OFFSET) == keyHigh
                && file.longAt(position + SeriesEntry.KEY_LOW_OFFSET) == keyLow;
    }

    long firstNumber(long entry) throws CorruptIndexException {
        return word(entry, SeriesEntry.FIRST_NUMBER_OFFSET);
    }

    int count(long entry) throws CorruptIndexException {
        int count = file.getInt(offset(entry) + SeriesEntry.COUNT_OFFSET);
        if (count < 1) throw file.corrupt("entry " + entry + " has " + count + " numbers");
        return count;
    }

    /** See {@link FoundNumber#hasDefaultPartitionKey}. */
    boolean hasDefaultPartitionKey(long entry) throws CorruptIndexException {
        int flags = file.getInt(offset(entry) + SeriesEntry.FLAGS_OFFSET);
        return (flags & SeriesEntry.DEFAULT_PARTITION_KEY) != 0;
    }

    /** The segment that has an entry's events. */
    int segmentNumber(long entry) throws CorruptIndexException {
        IndexFileId id = file.header().id();
        int segment = FrameLocation.segmentNumber(word(entry, SeriesEntry.LAST_LOCATION_OFFSET));
        if (segment < id.firstSegment() || segment > id.lastSegment()) {
            throw file.corrupt("entry " + entry + " names segment " + segment);
        }
        return segment;
    }

    /** {@link FrameLocation} of one of an entry's numbers. */
    long location(long entry, long number) throws CorruptIndexException {
        long index = number - firstNumber(entry);
        int segment = segmentNumber(entry);
        return FrameLocation.ofUnits(segment, units(entry, index, count(entry)));
    }

    private int units(long entry, long index, int count) throws CorruptIndexException {
        if (index == count - 1) return (int) word(entry, SeriesEntry.LAST_LOCATION_OFFSET);
        long posting = word(entry, SeriesEntry.FIRST_POSTING_OFFSET) + index;
        if (posting < 0 || posting >= file.header().postingCount()) {
            throw file.corrupt("entry " + entry + " has a posting " + posting);
        }
        return file.getInt(file.header().postingsOffset() + posting * Integer.BYTES);
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
        while (oldest > first && isOf(entry, keyHigh, keyLow)) {
            oldest = firstNumber(entry);
            int count = count(entry);
            int segment = segmentNumber(entry);
            long from = Math.max(first, oldest);
            long to = Math.min(end, oldest + count);
            for (long number = from; number < to; number++) {
                int units = units(entry, number - oldest, count);
                locations[(int) (number - first)] = FrameLocation.ofUnits(segment, units);
            }
            entry--;
        }
        return oldest;
    }

    /** Shows where each number is, by key, then number. */
    void forEach(IndexCheck.NumberVisitor visitor) throws CorruptIndexException {
        for (long entry = 0; entry < file.header().entryCount(); entry++) {
            long keyHigh = word(entry, SeriesEntry.KEY_HIGH_OFFSET);
            long keyLow = word(entry, SeriesEntry.KEY_LOW_OFFSET);
            long first = firstNumber(entry);
            for (long number = first; number < first + count(entry); number++) {
                long fileOffset = FrameLocation.fileOffset(location(entry, number));
                visitor.number(keyHigh, keyLow, number, fileOffset);
            }
        }
    }

    SeriesCursor cursor() {
        return new FileCursor();
    }

    /** A cursor for copying, see {@link IndexFile#unverified}. */
    SeriesCursor copyingCursor() {
        return new SeriesIndexFile(file.unverified()).cursor();
    }

    private long word(long entry, int fieldOffset) throws CorruptIndexException {
        return file.getLong(offset(entry) + fieldOffset);
    }

    private long offset(long entry) {
        return file.header().entriesOffset() + entry * SeriesEntry.LENGTH;
    }

    private final class FileCursor implements SeriesCursor {
        private long entry = -1;
        private long keyHigh;
        private long keyLow;
        private long firstNumber;
        private boolean hasDefaultPartitionKey;
        private int count;
        private int segmentNumber;

        @Override
        public boolean next() throws CorruptIndexException {
            if (++entry >= file.header().entryCount()) return false;
            keyHigh = word(entry, SeriesEntry.KEY_HIGH_OFFSET);
            keyLow = word(entry, SeriesEntry.KEY_LOW_OFFSET);
            firstNumber = SeriesIndexFile.this.firstNumber(entry);
            hasDefaultPartitionKey = SeriesIndexFile.this.hasDefaultPartitionKey(entry);
            count = SeriesIndexFile.this.count(entry);
            segmentNumber = SeriesIndexFile.this.segmentNumber(entry);
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
            return SeriesIndexFile.this.units(entry, index, count);
        }
    }
}
