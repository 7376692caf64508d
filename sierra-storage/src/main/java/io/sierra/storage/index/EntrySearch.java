package io.sierra.storage.index;

/**
 * Finds entries in a sorted index file. An entry starts with its sort key of two or three unsigned
 * longs, the first of them evenly distributed: so a few interpolations come close, and a galloping
 * search around there does the rest. If the first longs are not even, as with few partitions in
 * many segments, the search is as good as a binary one.
 */
final class EntrySearch {
    private static final int INTERPOLATIONS = 3;
    private static final int FIRST_STEP = 4;
    private static final double HASH_END = 0x1p64;

    private final IndexFile file;
    private final int keyWords;
    private final long start;
    private final long count;
    private final int entryLength;

    /** Prepares for a file whose sort keys have 2 or 3 words. */
    EntrySearch(IndexFile file, int keyWords) {
        IndexFileHeader header = file.header();
        this.file = file;
        this.keyWords = keyWords;
        this.start = header.entriesOffset();
        this.count = header.entryCount();
        this.entryLength = header.id().kind().entryLength();
    }

    /** Number of the last entry that is not greater than a key, -1 if all are. */
    long floor(long word0, long word1, long word2) throws CorruptIndexException {
        long low = 0;
        long high = count;
        double lowHash = 0;
        double highHash = HASH_END;
        boolean wentUp = true;
        for (int i = 0; i < INTERPOLATIONS && high - low > FIRST_STEP; i++) {
            double part = (toDouble(word0) - lowHash) / (highHash - lowHash);
            long guess = Math.clamp(low + (long) ((high - low) * part), low, high - 1);
            double guessHash = toDouble(word(guess, 0));
            wentUp = isAtMost(guess, word0, word1, word2);
            if (wentUp) {
                low = guess + 1;
                lowHash = guessHash;
            } else {
                high = guess;
                highHash = guessHash;
            }
        }
        return wentUp
                ? gallopUp(low, high, word0, word1, word2)
                : gallopDown(low, high, word0, word1, word2);
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
        int order = Long.compareUnsigned(word(entry, 0), word0);
        if (order == 0) order = Long.compareUnsigned(word(entry, 1), word1);
        if (order == 0 && keyWords > 2) order = Long.compareUnsigned(word(entry, 2), word2);
        return order <= 0;
    }

    private long word(long entry, long number) throws CorruptIndexException {
        return file.getLong(start + entry * entryLength + number * Long.BYTES);
    }

    private static double toDouble(long unsigned) {
        return (unsigned >>> 1) * 2.0;
    }
}
