package io.sierra.storage.index;

import io.sierra.storage.index.OpenSeries.Page;
import org.jspecify.annotations.Nullable;

/** Walks the series of an open index that nobody adds to any more, and their postings. */
final class OpenSeriesCursor implements SeriesCursor {
    private final @Nullable Page[] pages;
    private final Postings postings;
    private final int segmentNumber;
    private int nextPage;
    private @Nullable Page page;
    private int[] slots = {};
    private int at = -1;

    OpenSeriesCursor(@Nullable Page[] pages, Postings postings, int segmentNumber) {
        this.pages = pages;
        this.postings = postings;
        this.segmentNumber = segmentNumber;
    }

    @Override
    public boolean next() {
        at++;
        while (at >= slots.length) {
            if (nextPage == pages.length) return false;
            page = pages[nextPage++];
            slots = page == null ? new int[0] : page.sortedSlots();
            at = 0;
        }
        return true;
    }

    @Override
    public long keyHigh() {
        return page().keyHigh(slots[at]);
    }

    @Override
    public long keyLow() {
        return page().keyLow(slots[at]);
    }

    @Override
    public long firstNumber() {
        return page().firstNumber(slots[at]);
    }

    @Override
    public boolean hasDefaultPartitionKey() {
        return page().hasDefaultPartitionKey(slots[at]);
    }

    @Override
    public int count() {
        return Postings.count(page().state(slots[at]));
    }

    @Override
    public int segmentNumber() {
        return segmentNumber;
    }

    @Override
    public int units(int index) {
        return postings.get(page().state(slots[at]), index);
    }

    private Page page() {
        if (page == null) throw new IllegalStateException("no entry");
        return page;
    }
}
