package io.sierra.storage.index;

/**
 * Finds entries in a sorted index file. An entry starts with its sort key of two or three unsigned
 * longs, the first of them evenly distributed: so the line of the filter that it belongs to has few
 * entries, an interpolation comes close, and a galloping search around there does the rest. If the
 * first longs are not even, as with few partitions in many segments, the search is as good as a
 * binary one.
 */
final class EntrySearch {
    private static final int FIRST_STEP = 1;

    /** Nearly all keys are so close to where they would be if they were spread evenly. */
    private static final int ENTRIES_AWAY = 5;

    private final IndexFile file;
    private final int keyWords;
    private final long start;
    private final long count;
    private final long lineCount;
    private final int entryLength;

    /** Prepares for a file whose sort keys have 2 or 3 words. */
    EntrySearch(IndexFile file, int keyWords) {
        IndexFileHeader header = file.header();
        this.file = file;
        this.keyWords = keyWords;
        this.start = header.entriesOffset();
        this.count = header.entryCount();
        this.lineCount = header.filterLineCount();
        this.entryLength = header.id().kind().entryLength();
    }

    /** Number of the last entry that is not greater than a key, -1 if all are. */
    long floor(long word0, long word1, long word2) throws CorruptIndexException {
        long line = FilterLine.number(word0, lineCount);
        long low = file.firstEntry(line);
        long high = file.firstEntry(line + 1);
        if (low < 0 || low > high || high > count) {
            throw file.corrupt("line " + line + " has entries " + low + " to " + high);
        }
        if (low == high) {
            return low - 1;
        }
        long guess = guess(word0, low, high);
        return isAtMost(guess, word0, word1, word2)
                ? gallopUp(guess + 1, high, word0, word1, word2)
                : gallopDown(low, guess, word0, word1, word2);
    }

    /** Adds the places where the entries of a key probably are. */
    void addEntries(long word0, TouchList places) throws CorruptIndexException {
        long line = FilterLine.number(word0, lineCount);
        long low = file.firstEntry(line);
        // In a damaged file it may be anything; the search says what is wrong.
        long high = Math.max(low, file.firstEntry(line + 1));
        long position = position(Math.clamp(guess(word0, low, high), 0, count - 1));
        long away = (long) ENTRIES_AWAY * entryLength;
        file.addTo(places, position - away, position + away);
    }

    /** Where a key is if the entries of its line, from low to high, are spread evenly. */
    private long guess(long word0, long low, long high) {
        return low + FilterLine.expectedEntry(word0, lineCount, high - low);
    }

    /** All entries before {@code low} are at most the key, all from {@code high} on greater. */
    private long gallopUp(long low, long high, long word0, long word1, long word2)
            throws CorruptIndexException {
        for (long step = FIRST_STEP; low + step < high; step *= 2) {
            if (!isAtMost(low + step, word0, word1, word2)) {
                return bisect(low, low + step, word0, word1, word2);
            }
            low += step + 1;
        }
        return bisect(low, high, word0, word1, word2);
    }

    private long gallopDown(long low, long high, long word0, long word1, long word2)
            throws CorruptIndexException {
        for (long step = FIRST_STEP; high - step > low; step *= 2) {
            if (isAtMost(high - step, word0, word1, word2)) {
                return bisect(high - step + 1, high, word0, word1, word2);
            }
            high -= step;
        }
        return bisect(low, high, word0, word1, word2);
    }

    private long bisect(long low, long high, long word0, long word1, long word2)
            throws CorruptIndexException {
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (isAtMost(middle, word0, word1, word2)) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    private boolean isAtMost(long entry, long word0, long word1, long word2)
            throws CorruptIndexException {
        long position = position(entry);
        int order = Long.compareUnsigned(file.longAt(position), word0);
        if (order == 0) {
            order = Long.compareUnsigned(file.longAt(position + Long.BYTES), word1);
        }
        if (order == 0 && keyWords > 2) {
            order = Long.compareUnsigned(file.longAt(position + 2 * Long.BYTES), word2);
        }
        return order <= 0;
    }

    /** Position in the file of an entry, whose block has been verified. */
    long position(long entry) throws CorruptIndexException {
        return file.position(start + entry * entryLength);
    }
}
