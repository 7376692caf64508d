package io.sierra.storage.index;

import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import java.util.Arrays;

/**
 * Many small arrays of ints without an object for each. An array is named by an int, its address.
 *
 * <p>Invariant: a reader that got an address through an acquiring read sees the page behind it and
 * all that was put there before the address was released.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class IntArena {
    private static final int PAGE_BITS = 14;
    private static final int PAGE_LENGTH = 1 << PAGE_BITS;
    private static final int OFFSET_MASK = PAGE_LENGTH - 1;

    @Published private volatile int[][] pages = new int[4][];
    private int pageCount;
    private int usedOfLast = PAGE_LENGTH;
    private long allocatedInts;

    /** A fresh array of zeros; one longer than a page gets a page of its own. */
    int allocate(int length) {
        if (length > PAGE_LENGTH - usedOfLast) addPage(Math.max(PAGE_LENGTH, length));
        int address = (pageCount - 1) << PAGE_BITS | usedOfLast;
        usedOfLast = length > PAGE_LENGTH ? PAGE_LENGTH : usedOfLast + length;
        return address;
    }

    int get(int address, int index) {
        return pages[address >>> PAGE_BITS][(address & OFFSET_MASK) + index];
    }

    void set(int address, int index, int value) {
        pages[address >>> PAGE_BITS][(address & OFFSET_MASK) + index] = value;
    }

    void copy(int from, int to, int length) {
        int[][] all = pages;
        System.arraycopy(
                all[from >>> PAGE_BITS],
                from & OFFSET_MASK,
                all[to >>> PAGE_BITS],
                to & OFFSET_MASK,
                length);
    }

    long memoryBytes() {
        return allocatedInts * Integer.BYTES;
    }

    private void addPage(int length) {
        int[][] all = pages;
        if (pageCount == all.length) all = Arrays.copyOf(all, pageCount * 2);
        all[pageCount++] = new int[length];
        pages = all;
        usedOfLast = 0;
        allocatedInts += length;
    }
}
