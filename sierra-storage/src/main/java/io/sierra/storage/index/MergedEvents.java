package io.sierra.storage.index;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** The event entries of several indexes as one. */
final class MergedEvents implements EventCursor {
    private static final Comparator<EventCursor> ORDER =
            (a, b) -> {
                int order = Long.compareUnsigned(a.hash(), b.hash());
                return order != 0 ? order : Long.compare(a.location(), b.location());
            };

    private final CursorHeap<EventCursor> heap;

    MergedEvents(List<EventCursor> cursors) {
        this.heap = new CursorHeap<>(cursors, EventCursor::next, ORDER);
    }

    @Override
    public boolean next() throws IOException {
        return heap.next();
    }

    @Override
    public long hash() {
        return heap.first().hash();
    }

    @Override
    public long location() {
        return heap.first().location();
    }
}
