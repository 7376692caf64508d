package io.sierra.storage.index;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** The series entries of several indexes as one. */
final class MergedSeries implements SeriesCursor {
    private static final Comparator<SeriesCursor> ORDER =
            (a, b) -> {
                int order = Long.compareUnsigned(a.keyHigh(), b.keyHigh());
                if (order == 0) order = Long.compareUnsigned(a.keyLow(), b.keyLow());
                return order != 0 ? order : Long.compare(a.firstNumber(), b.firstNumber());
            };

    private final CursorHeap<SeriesCursor> heap;

    MergedSeries(List<SeriesCursor> cursors) {
        this.heap = new CursorHeap<>(cursors, SeriesCursor::next, ORDER);
    }

    @Override
    public boolean next() throws IOException {
        return heap.next();
    }

    @Override
    public long keyHigh() {
        return heap.first().keyHigh();
    }

    @Override
    public long keyLow() {
        return heap.first().keyLow();
    }

    @Override
    public long firstNumber() {
        return heap.first().firstNumber();
    }

    @Override
    public boolean hasDefaultPartitionKey() {
        return heap.first().hasDefaultPartitionKey();
    }

    @Override
    public int count() {
        return heap.first().count();
    }

    @Override
    public int segmentNumber() {
        return heap.first().segmentNumber();
    }

    @Override
    public int units(int index) throws IOException {
        return heap.first().units(index);
    }
}
