package io.sierra.storage.index;

import io.sierra.storage.concurrent.OwnedBy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Event hash to frame offset, in memory. The upper bits of the hash choose one of {@value
 * #PAGE_COUNT} small tables, so that growing moves few entries at a time and no add takes long.
 *
 * <p>A table is a pair of arrays with linear probing. The writer stores the offset first and
 * releases the hash after it; a reader that acquires a hash therefore sees its offset. A grown
 * table is filled before its reference is released; who still reads the old one sees it as it was.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class OpenEvents {
    private static final int PAGE_BITS = 10;
    private static final int PAGE_COUNT = 1 << PAGE_BITS;
    private static final int FIRST_CAPACITY = 8;
    private static final int BYTES_PER_SLOT = Long.BYTES + Integer.BYTES;
    private static final VarHandle PAGE = MethodHandles.arrayElementVarHandle(Page[].class);
    private static final VarHandle HASH = MethodHandles.arrayElementVarHandle(long[].class);

    private final @Nullable Page[] pages = new @Nullable Page[PAGE_COUNT];
    private long memoryBytes = (long) PAGE_COUNT * Integer.BYTES;

    /** Adds an entry; the same hash may be added again. */
    void add(long hash, int units) {
        int number = pageOf(hash);
        Page page = pages[number];
        if (page == null || page.isFull()) {
            page = grow(page);
            PAGE.setRelease(pages, number, page);
        }
        page.put(hash, units);
    }

    /** Reads where a hash begins to be looked for, so that it is in the processor's caches. */
    long touch(long hash) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(hash));
        return page == null ? 0 : page.hashes[page.firstSlot(hash)];
    }

    /**
     * Largest offset that was added with a hash and is below a bound.
     *
     * @param unitsEnd exclusive, in units
     * @return -1 if there is none
     */
    long newestBelow(long hash, long unitsEnd) {
        Page page = (Page) PAGE.getAcquire(pages, pageOf(hash));
        return page == null ? -1 : page.newestBelow(hash, unitsEnd);
    }

    long memoryBytes() {
        return memoryBytes;
    }

    private Page grow(@Nullable Page old) {
        Page grown = new Page(old == null ? FIRST_CAPACITY : old.hashes.length * 2);
        memoryBytes += (long) BYTES_PER_SLOT * grown.hashes.length;
        if (old != null) {
            memoryBytes -= (long) BYTES_PER_SLOT * old.hashes.length;
            for (int slot = 0; slot < old.hashes.length; slot++) {
                if (old.hashes[slot] != 0) grown.put(old.hashes[slot], old.units[slot]);
            }
        }
        return grown;
    }

    private static int pageOf(long hash) {
        return (int) (hash >>> (Long.SIZE - PAGE_BITS));
    }

    /** Entries in ascending order of hash, then offset. Only when nobody adds any more. */
    EventCursor cursor(int segmentNumber) {
        return new SortedCursor(segmentNumber);
    }

    private static final class Page {
        final long[] hashes;
        final int[] units;
        private int size;

        Page(int capacity) {
            hashes = new long[capacity];
            units = new int[capacity];
        }

        boolean isFull() {
            return size >= hashes.length / 4 * 3;
        }

        void put(long hash, int unit) {
            int mask = hashes.length - 1;
            int slot = firstSlot(hash);
            while (hashes[slot] != 0) slot = (slot + 1) & mask;
            units[slot] = unit;
            HASH.setRelease(hashes, slot, hash);
            size++;
        }

        long newestBelow(long hash, long unitsEnd) {
            int mask = hashes.length - 1;
            long newest = -1;
            int slot = firstSlot(hash);
            for (long seen; (seen = (long) HASH.getAcquire(hashes, slot)) != 0; ) {
                if (seen == hash) {
                    long found = Integer.toUnsignedLong(units[slot]);
                    if (found < unitsEnd && found > newest) newest = found;
                }
                slot = (slot + 1) & mask;
            }
            return newest;
        }

        /** Grows with the hash, so that a table is almost sorted already. */
        private int firstSlot(long hash) {
            return (int)
                    ((hash << PAGE_BITS)
                            >>> (Long.SIZE - Integer.numberOfTrailingZeros(hashes.length)));
        }

        int compare(int slot, int other) {
            int order = Long.compareUnsigned(hashes[slot], hashes[other]);
            return order != 0 ? order : Integer.compareUnsigned(units[slot], units[other]);
        }
    }

    private final class SortedCursor implements EventCursor {
        private final int segmentNumber;
        private int nextPage;
        private @Nullable Page page;
        private int[] slots = {};
        private int at = -1;

        SortedCursor(int segmentNumber) {
            this.segmentNumber = segmentNumber;
        }

        @Override
        public boolean next() {
            at++;
            while (at >= slots.length) {
                if (nextPage == PAGE_COUNT) return false;
                turnTo((Page) PAGE.getAcquire(pages, nextPage++));
            }
            return true;
        }

        private void turnTo(@Nullable Page next) {
            page = next;
            at = 0;
            slots = next == null ? new int[0] : SlotSort.sort(next.hashes, 1, next::compare);
        }

        @Override
        public long hash() {
            return page().hashes[slots[at]];
        }

        @Override
        public long location() {
            return FrameLocation.ofUnits(segmentNumber, page().units[slots[at]]);
        }

        private Page page() {
            if (page == null) throw new IllegalStateException("no entry");
            return page;
        }
    }
}
