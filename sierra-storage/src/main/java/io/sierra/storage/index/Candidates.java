package io.sierra.storage.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables that may have a key, by their filters, in order. The first one is asked alone, since
 * it has what is asked for most. Of those behind it one bit each is looked at without a branch, so
 * that the processor waits for all of these lines together and not for one after the other; the few
 * that are left are asked for the other bits.
 */
final class Candidates {
    private static final int AT_ONCE = 16;

    private final List<SealedTable> tables;
    private final IndexKind kind;
    private final long hash;
    private final @Nullable LookupCost cost;

    /** Tables before this one have been looked at. */
    private int end;

    /** First of those that were looked at last. */
    private int first;

    /** Which of those are still to be asked; the lowest bit is of {@link #first}. */
    private long left;

    private int current;

    /** Of tables before this one it is known that they may have the key. */
    private int askedEnd;

    Candidates(List<SealedTable> tables, IndexKind kind, long hash, @Nullable LookupCost cost) {
        this.tables = tables;
        this.kind = kind;
        this.hash = hash;
        this.cost = cost;
    }

    /**
     * The first tables have been asked, {@value Long#SIZE} of them at most.
     *
     * @param asked how many
     * @param candidates those whose bit is 1 may have it; the lowest bit is of the first table
     */
    void startWith(int asked, long candidates) {
        left = candidates;
        end = asked;
        askedEnd = asked;
    }

    /** Moves to the next one, the first one at the first call; false at the end. */
    boolean next() throws CorruptIndexException {
        while (true) {
            if (left == 0 && !lookAtMore()) return false;
            current = first + Long.numberOfTrailingZeros(left);
            left &= left - 1;
            if (current < askedEnd || table().file(kind).mayContain(hash)) {
                if (cost != null) cost.countSearch();
                return true;
            }
        }
    }

    /** The table that it stands at. */
    SealedTable table() {
        return tables.get(current);
    }

    private boolean lookAtMore() throws CorruptIndexException {
        while (left == 0 && end < tables.size()) {
            first = end;
            end = first == 0 ? 1 : Math.min(first + AT_ONCE, tables.size());
            if (cost != null) cost.countProbes(end - first);
            for (int i = first; i < end; i++) {
                left |= tables.get(i).file(kind).filterBit(hash) << (i - first);
            }
        }
        return left != 0;
    }
}
