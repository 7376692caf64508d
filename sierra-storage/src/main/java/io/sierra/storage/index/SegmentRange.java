package io.sierra.storage.index;

/**
 * Consecutive segments.
 *
 * @param first inclusive
 * @param last inclusive
 */
record SegmentRange(int first, int last) {

    int length() {
        return last - first + 1;
    }

    boolean contains(int segment) {
        return first <= segment && segment <= last;
    }

    boolean contains(SegmentRange other) {
        return contains(other.first) && contains(other.last);
    }

    boolean overlaps(SegmentRange other) {
        return first <= other.last && other.first <= last;
    }
}
