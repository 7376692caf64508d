package io.sierra.storage.index;

import java.util.Arrays;

/** Sorts the used slots of an open-addressing table whose slots grow with the key. */
final class SlotSort {
    /** Order of the entries in two slots. */
    interface SlotOrder {
        int compare(int slot, int other);
    }

    private SlotSort() {}

    /**
     * Slots in use, sorted. Insertion sort, because an entry is at most a probe length away from
     * its place, but for the few that wrapped around at the end.
     *
     * @param words slot n is in use if the word at n * {@code wordsPerSlot} is not 0
     */
    static int[] sort(long[] words, int wordsPerSlot, SlotOrder order) {
        int[] slots = new int[words.length / wordsPerSlot];
        int size = 0;
        for (int slot = 0; slot < slots.length; slot++) {
            if (words[slot * wordsPerSlot] == 0) continue;
            int to = size++;
            while (to > 0 && order.compare(slots[to - 1], slot) > 0) {
                slots[to] = slots[to - 1];
                to--;
            }
            slots[to] = slot;
        }
        return Arrays.copyOf(slots, size);
    }
}
