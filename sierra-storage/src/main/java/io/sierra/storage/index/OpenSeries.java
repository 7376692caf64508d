package io.sierra.storage.index;

import io.sierra.storage.concurrent.OwnedBy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Series (streams, or partitions) to the frame offsets of their events, in memory.
 *
 * <p>The upper bits of the key choose a small table with linear probing, so that growing moves few
 * entries at a time. A slot is {@value #WORDS} longs: state, key high, key low, first number, whose
 * sign bit says that the partition key is the stream's default one. The state holds the count in
 * its upper and the {@link Postings} in its lower half and is 0 in a free slot. It is released
 * after everything that it stands for, so a reader that acquires it sees the key and all postings
 * below the count. A grown table is filled before its reference is released; who still reads the
 * old one sees it as it was.
 *
 * <p>Where numbers are lost, a series goes on in another slot of the same key: it is in pieces, of
 * which the one with the largest first number is the last.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class OpenSeries {
    private static final int FIRST_CAPACITY = 4;
    private static final int WORDS = 4;

    /** Bit of the word of a first number, which is never negative. */
    private static final long DEFAULT_PARTITION_KEY = Long.MIN_VALUE;

    private static final VarHandle PAGE = MethodHandles.arrayElementVarHandle(Page[].class);
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final int pageBits;
    private final Postings postings;
    private final @Nullable Page[] pages;
    private long memoryBytes;
    private long count;
    private long postingCount;

    /** Creates an empty table of 2^{@code pageBits} pages, which may be 0. */
    OpenSeries(int pageBits, Postings postings) {
        this.pageBits = pageBits;
        this.postings = postings;
        this.pages = new @Nullable Page[1 << pageBits];
        this.memoryBytes = (long) pages.length * Integer.BYTES;
    }

    /**
     * Adds the next event of a series.
     *
     * @param hasDefaultPartitionKey is kept of the first number of a piece
     * @param mayBeBehindGap whether numbers may be missing before it
     * @throws IllegalArgumentException if the number does not follow the last one
     */
    void add(
            long keyHigh,
            long keyLow,
            long number,
            boolean hasDefaultPartitionKey,
            int units,
            boolean mayBeBehindGap) {
        int pageNumber = pageOf(keyHigh);
        Page page = pages[pageNumber];
        if (page == null || page.isFull()) {
            page = grow(page);
            PAGE.setRelease(pages, pageNumber, page);
        }
        int slot = page.find(keyHigh, keyLow);
        if (slot < 0) {
            long word = Page.firstNumberWord(number, hasDefaultPartitionKey);
            putPiece(page, ~slot, keyHigh, keyLow, word, units);
            return;
        }
        long state = page.state(slot);
        long expected = page.firstNumber(slot) + Postings.count(state);
        if (number == expected) {
            page.setState(slot, postings.append(state, units));
            postingCount++;
        } else if (number > expected && mayBeBehindGap) {
            page.hasPieces = true; // before the slot is released: whoever sees it sees this
            long word = Page.firstNumberWord(number, hasDefaultPartitionKey);
            putPiece(page, page.freeSlot(keyHigh), keyHigh, keyLow, word, units);
        } else {
            throw new IllegalArgumentException(
                    "number " + number + " in a series, expected " + expected);
        }
    }

    private void putPiece(
            Page page, int slot, long keyHigh, long keyLow, long firstNumberWord, int units) {
        page.put(slot, postings.start(units), keyHigh, keyLow, firstNumberWord);
        count++;
    }

    /** Reads where a series begins to be looked for, so that it is in the processor's caches. */
    long touch(long keyHigh) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(keyHigh));
        return page == null ? 0 : page.state(page.firstSlot(keyHigh));
    }

    /** Last number of a series, -1 if it is not here. */
    long lastNumber(long keyHigh, long keyLow) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(keyHigh));
        if (page == null) return -1;
        int slot = page.find(keyHigh, keyLow);
        return slot < 0 ? -1 : page.firstNumber(slot) + Postings.count(page.state(slot)) - 1;
    }

    /**
     * Locations of those numbers in a range that are here, as {@link SeriesIndexFile#locate}.
     *
     * @param segmentNumber that the events are in
     */
    long locate(
            long keyHigh, long keyLow, long first, long end, int segmentNumber, long[] locations) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(keyHigh));
        if (page == null) return end;
        long oldest = end;
        while (oldest > first) {
            int slot = page.findPiece(keyHigh, keyLow, oldest - 1);
            if (slot < 0) return oldest;
            oldest = page.firstNumber(slot);
            long state = page.state(slot);
            long from = Math.max(first, oldest);
            long to = Math.min(end, oldest + Postings.count(state));
            for (long number = from; number < to; number++) {
                int units = postings.get(state, (int) (number - oldest));
                locations[(int) (number - first)] = FrameLocation.ofUnits(segmentNumber, units);
            }
        }
        return oldest;
    }

    /**
     * The largest number of a series up to this one, -1 if it has none here.
     *
     * @param segmentNumber that the events are in
     * @param found takes what is known of it
     */
    long lastNumberUpTo(
            long keyHigh, long keyLow, long number, int segmentNumber, FoundEvent found) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(keyHigh));
        if (page == null) return -1;
        int slot = page.findPiece(keyHigh, keyLow, number);
        if (slot < 0) return -1;
        long state = page.state(slot);
        long index = Math.min(number - page.firstNumber(slot), Postings.count(state) - 1);
        long location = FrameLocation.ofUnits(segmentNumber, postings.get(state, (int) index));
        found.set(location, page.hasDefaultPartitionKey(slot), /* isSealed= */ false);
        return page.firstNumber(slot) + index;
    }

    /** The smallest number of a series from this one on, -1 if it has none here. */
    long firstNumberFrom(long keyHigh, long keyLow, long number) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(keyHigh));
        if (page == null) return -1;
        long first = -1;
        int slot = page.findPiece(keyHigh, keyLow, Long.MAX_VALUE);
        while (slot >= 0) { // from the last piece down
            long start = page.firstNumber(slot);
            if (start + Postings.count(page.state(slot)) <= number) break;
            first = Math.max(start, number);
            slot = page.findPiece(keyHigh, keyLow, start - 1);
        }
        return first;
    }

    /** Pieces of series: one for each series unless numbers are lost. */
    long count() {
        return count;
    }

    /** Numbers in all of them, but the last one of each. */
    long postingCount() {
        return postingCount;
    }

    long memoryBytes() {
        return memoryBytes;
    }

    /** Entries in ascending order. Only when nobody adds any more. */
    OpenSeriesCursor cursor(int segmentNumber) {
        return new OpenSeriesCursor(pages, postings, segmentNumber);
    }

    private int pageOf(long keyHigh) {
        // A shift by 64 is one by 0, hence two steps.
        return (int) (keyHigh >>> 1 >>> (Long.SIZE - 1 - pageBits));
    }

    private Page grow(@Nullable Page old) {
        int capacity = old == null ? FIRST_CAPACITY : old.capacity() * 2;
        Page grown = new Page(capacity, pageBits);
        if (old != null) grown.putAll(old);
        memoryBytes += (long) WORDS * Long.BYTES * (capacity - (old == null ? 0 : old.capacity()));
        return grown;
    }

    /** One small table. */
    static final class Page {
        final long[] words;
        private final int pageBits;
        private int size;

        /** Whether a key may have several slots. */
        private boolean hasPieces;

        Page(int capacity, int pageBits) {
            this.words = new long[capacity * WORDS];
            this.pageBits = pageBits;
        }

        int capacity() {
            return words.length / WORDS;
        }

        boolean isFull() {
            return size >= capacity() / 4 * 3;
        }

        /**
         * Slot of a key's last piece, or {@code ~slot} of the free one where it would go. To a
         * reader that is final: the slot may belong to another key a moment later.
         */
        int find(long keyHigh, long keyLow) {
            int slot = firstSlot(keyHigh);
            while (state(slot) != 0) {
                if (keyHigh(slot) == keyHigh && keyLow(slot) == keyLow) {
                    return hasPieces ? lastPiece(slot, keyHigh, keyLow, Long.MAX_VALUE) : slot;
                }
                slot = next(slot);
            }
            return ~slot;
        }

        /** Slot of the last piece that does not begin behind a number, or -1. */
        int findPiece(long keyHigh, long keyLow, long number) {
            int slot = find(keyHigh, keyLow);
            if (slot < 0) return -1;
            if (firstNumber(slot) <= number) return slot;
            return hasPieces ? lastPiece(firstSlot(keyHigh), keyHigh, keyLow, number) : -1;
        }

        /** The slot with the largest first number up to {@code number}, or -1. */
        private int lastPiece(int from, long keyHigh, long keyLow, long number) {
            int last = -1;
            for (int slot = from; state(slot) != 0; slot = next(slot)) {
                if (keyHigh(slot) == keyHigh
                        && keyLow(slot) == keyLow
                        && firstNumber(slot) <= number
                        && (last < 0 || firstNumber(slot) > firstNumber(last))) {
                    last = slot;
                }
            }
            return last;
        }

        /** Where another piece of a key goes. */
        int freeSlot(long keyHigh) {
            int slot = firstSlot(keyHigh);
            while (state(slot) != 0) slot = next(slot);
            return slot;
        }

        private int firstSlot(long keyHigh) {
            int bits = Integer.numberOfTrailingZeros(capacity());
            return (int) ((keyHigh << pageBits) >>> (Long.SIZE - bits));
        }

        private int next(int slot) {
            return (slot + 1) & (capacity() - 1);
        }

        void put(int slot, long state, long keyHigh, long keyLow, long firstNumberWord) {
            words[slot * WORDS + 1] = keyHigh;
            words[slot * WORDS + 2] = keyLow;
            words[slot * WORDS + 3] = firstNumberWord;
            setState(slot, state);
            size++;
        }

        void setState(int slot, long state) {
            WORD.setRelease(words, slot * WORDS, state);
        }

        void putAll(Page old) {
            hasPieces = old.hasPieces;
            for (int slot = 0; slot < old.capacity(); slot++) {
                long state = old.state(slot);
                if (state == 0) continue;
                long high = old.keyHigh(slot);
                long low = old.keyLow(slot);
                put(freeSlot(high), state, high, low, old.firstNumberWord(slot));
            }
        }

        long state(int slot) {
            return (long) WORD.getAcquire(words, slot * WORDS);
        }

        long keyHigh(int slot) {
            return words[slot * WORDS + 1];
        }

        long keyLow(int slot) {
            return words[slot * WORDS + 2];
        }

        long firstNumber(int slot) {
            return firstNumberWord(slot) & ~DEFAULT_PARTITION_KEY;
        }

        boolean hasDefaultPartitionKey(int slot) {
            return (firstNumberWord(slot) & DEFAULT_PARTITION_KEY) != 0;
        }

        private long firstNumberWord(int slot) {
            return words[slot * WORDS + 3];
        }

        static long firstNumberWord(long firstNumber, boolean hasDefaultPartitionKey) {
            return hasDefaultPartitionKey ? firstNumber | DEFAULT_PARTITION_KEY : firstNumber;
        }

        int[] sortedSlots() {
            return SlotSort.sort(words, WORDS, this::compare);
        }

        private int compare(int slot, int other) {
            int order = Long.compareUnsigned(keyHigh(slot), keyHigh(other));
            if (order == 0) order = Long.compareUnsigned(keyLow(slot), keyLow(other));
            return order != 0 ? order : Long.compare(firstNumber(slot), firstNumber(other));
        }
    }
}
