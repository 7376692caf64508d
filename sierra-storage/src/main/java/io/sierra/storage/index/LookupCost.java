package io.sierra.storage.index;

/** What look-ups of one thread have cost. */
final class LookupCost {
    private long filterProbes;
    private long searches;

    /** Tables asked, by their filters. */
    long filterProbes() {
        return filterProbes;
    }

    /** Tables searched, because their filters let a key pass. */
    long searches() {
        return searches;
    }

    void countProbes(int tables) {
        filterProbes += tables;
    }

    void countSearch() {
        searches++;
    }
}
