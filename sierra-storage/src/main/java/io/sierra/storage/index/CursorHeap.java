package io.sierra.storage.index;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Sorted cursors, of which the one with the smallest entry is first. */
final class CursorHeap<C> {
    /** Moves a cursor. */
    interface Step<C> {
        boolean next(C cursor) throws IOException;
    }

    private final List<C> unstarted;
    private final Step<C> step;
    private final PriorityQueue<C> heap;
    private boolean started;

    CursorHeap(List<C> cursors, Step<C> step, Comparator<C> order) {
        this.unstarted = cursors;
        this.step = step;
        this.heap = new PriorityQueue<>(order);
    }

    /** Moves to the next entry of all; false at the end. */
    boolean next() throws IOException {
        if (started) {
            C moved = heap.remove();
            if (step.next(moved)) heap.add(moved);
        } else {
            started = true;
            for (C cursor : unstarted) {
                if (step.next(cursor)) heap.add(cursor);
            }
        }
        return !heap.isEmpty();
    }

    /** The cursor at the current entry. */
    C first() {
        return heap.element();
    }
}
