package io.sierra.storage.index;

/** The stream or partition index of a segment or a run: key and number to segment or postings. */
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

    /** Whether the key may be here; false is certain. */
    boolean mayContain(long keyHigh) throws CorruptIndexException {
        return file.mayContain(keyHigh);
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
        return entry >= 0
                && entry < file.header().entryCount()
                && word(entry, SeriesEntry.KEY_HIGH_OFFSET) == keyHigh
                && word(entry, SeriesEntry.KEY_LOW_OFFSET) == keyLow;
    }

    long firstNumber(long entry) throws CorruptIndexException {
        return word(entry, SeriesEntry.FIRST_NUMBER_OFFSET);
    }

    int count(long entry) throws CorruptIndexException {
        return file.getInt(offset(entry) + SeriesEntry.COUNT_OFFSET);
    }

    /** The segment that has an entry's postings. */
    int segmentNumber(long entry) throws CorruptIndexException {
        IndexFileId id = file.header().id();
        if (id.isOfOneSegment()) return id.firstSegment();
        int segment = reference(entry);
        if (segment < id.firstSegment() || segment > id.lastSegment()) {
            throw file.corrupt("entry " + entry + " names segment " + segment);
        }
        return segment;
    }

    /**
     * Locations of an entry's events, from one number on. Only in a segment's own index.
     *
     * @param number not less than the entry's first
     * @return how many, 0 if the entry ends before {@code number}
     */
    int locate(long entry, long number, long[] locations, int max) throws CorruptIndexException {
        long index = number - firstNumber(entry);
        int count = count(entry);
        if (index >= count) return 0;
        int found = (int) Math.min(max, count - index);
        long posting = Integer.toUnsignedLong(reference(entry)) + index;
        if (posting + found > file.header().postingCount()) {
            throw file.corrupt("entry " + entry + " ends at posting " + (posting + found));
        }
        int segment = file.header().id().firstSegment();
        long offset = file.header().postingsOffset() + posting * Integer.BYTES;
        for (int i = 0; i < found; i++, offset += Integer.BYTES) {
            locations[i] = FrameLocation.ofUnits(segment, file.getInt(offset));
        }
        return found;
    }

    /** Shows where each number is, by key, then number. Only in a segment's own index. */
    void forEach(IndexCheck.NumberVisitor visitor) throws CorruptIndexException {
        long[] location = new long[1];
        for (long entry = 0; entry < file.header().entryCount(); entry++) {
            long keyHigh = word(entry, SeriesEntry.KEY_HIGH_OFFSET);
            long keyLow = word(entry, SeriesEntry.KEY_LOW_OFFSET);
            long first = firstNumber(entry);
            for (long number = first; number < first + count(entry); number++) {
                locate(entry, number, location, 1);
                visitor.number(keyHigh, keyLow, number, FrameLocation.fileOffset(location[0]));
            }
        }
    }

    SeriesCursor cursor() {
        return new FileCursor();
    }

    private int reference(long entry) throws CorruptIndexException {
        return file.getInt(offset(entry) + SeriesEntry.REFERENCE_OFFSET);
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
        private int count;
        private int segmentNumber;

        @Override
        public boolean next() throws CorruptIndexException {
            if (++entry >= file.header().entryCount()) return false;
            keyHigh = word(entry, SeriesEntry.KEY_HIGH_OFFSET);
            keyLow = word(entry, SeriesEntry.KEY_LOW_OFFSET);
            firstNumber = SeriesIndexFile.this.firstNumber(entry);
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
        public int count() {
            return count;
        }

        @Override
        public int segmentNumber() {
            return segmentNumber;
        }
    }
}
