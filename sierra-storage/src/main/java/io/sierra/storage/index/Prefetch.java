package io.sierra.storage.index;

/**
 * Look-ups that will be made soon. {@link BucketIndex#prefetch} brings what they need into the
 * processor's caches, and finds the frames that they will lead to.
 *
 * <p>In a large store each step of a look-up waits for memory: a line of a filter, an entry, a
 * frame. One look-up after the other waits for one of these at a time, although the processor can
 * wait for a dozen at once. So each step is made for all of them before the next one, and
 * afterwards the look-ups themselves wait for nothing (group prefetching: Chen, Ailamaki, Gibbons,
 * Mowry: Improving Hash Join Performance through Prefetching, 2004).
 *
 * <p>It is a hint: what it finds may have changed a moment later. For one thread.
 */
public final class Prefetch {
    private final IndexKind[] kinds;
    private final long[] keysHigh;
    private final long[] keysLow;
    private final long[] numbers;
    private final long[] foundNumbers;
    private final long[] locations;
    private final boolean[] defaultPartitionKeys;
    private final boolean[] sealed;

    /** Only the last version and the partition key are wanted. */
    private final boolean[] endsOnly;

    /** How many tables have been asked, the newest ones. */
    private final int[] asked;

    /** Those of them that may have it, by their filters; the lowest bit is of the newest one. */
    private final long[] candidates;

    private final boolean[] lookedUp;
    private final TouchList places = new TouchList();
    private int count;

    /**
     * No look-ups yet.
     *
     * @param capacity look-ups that are prefetched at once; further ones are not
     */
    public Prefetch(int capacity) {
        kinds = new IndexKind[capacity];
        keysHigh = new long[capacity];
        keysLow = new long[capacity];
        numbers = new long[capacity];
        foundNumbers = new long[capacity];
        locations = new long[capacity];
        defaultPartitionKeys = new boolean[capacity];
        sealed = new boolean[capacity];
        endsOnly = new boolean[capacity];
        asked = new int[capacity];
        candidates = new long[capacity];
        lookedUp = new boolean[capacity];
    }

    /** Forgets all look-ups. */
    public void clear() {
        count = 0;
    }

    /** Look-ups that were added. */
    public int count() {
        return count;
    }

    /** An event will be looked up by its id. */
    public void addEvent(long idHigh, long idLow) {
        add(IndexKind.EVENT, IndexHash.ofEvent(idHigh, idLow), /* keyLow= */ 0, /* number= */ 0);
    }

    /**
     * A stream will be looked up.
     *
     * @param version the last one up to this one
     */
    public void addStream(long keyHigh, long keyLow, long version) {
        add(IndexKind.STREAM, keyHigh, keyLow, version);
    }

    /**
     * The last version of a stream and its partition key will be looked up: its frame is needed
     * only if the indexes do not know the key.
     */
    public void addStreamEnd(long keyHigh, long keyLow) {
        add(IndexKind.STREAM, keyHigh, keyLow, Long.MAX_VALUE, /* endOnly= */ true);
    }

    /**
     * A partition will be looked up.
     *
     * @param sequence the last one up to this one
     */
    public void addPartition(int partitionId, long sequence) {
        add(IndexKind.PARTITION, IndexHash.ofPartition(partitionId), partitionId, sequence);
    }

    private void add(IndexKind kind, long keyHigh, long keyLow, long number) {
        add(kind, keyHigh, keyLow, number, /* endOnly= */ false);
    }

    private void add(IndexKind kind, long keyHigh, long keyLow, long number, boolean endOnly) {
        if (count < kinds.length) {
            kinds[count] = kind;
            keysHigh[count] = keyHigh;
            keysLow[count] = keyLow;
            numbers[count] = number;
            foundNumbers[count] = -1;
            locations[count] = FrameLocation.NONE;
            defaultPartitionKeys[count] = false;
            sealed[count] = false;
            endsOnly[count] = endOnly;
            lookedUp[count] = false;
            count++;
        }
    }

    /**
     * Which look-up is of an event with this id, or of one that looks like it; -1 if none is.
     *
     * @param from is asked first, then those behind it, then those before it
     */
    public int indexOfEvent(long idHigh, long idLow, int from) {
        return indexOf(IndexKind.EVENT, IndexHash.ofEvent(idHigh, idLow), /* keyLow= */ 0, from);
    }

    /** Which look-up is of this stream, as {@link #indexOfEvent} of an event. */
    public int indexOfStream(long keyHigh, long keyLow, int from) {
        return indexOf(IndexKind.STREAM, keyHigh, keyLow, from);
    }

    private int indexOf(IndexKind kind, long keyHigh, long keyLow, int from) {
        for (int i = 0; i < count; i++) {
            int n = (from + i) % count;
            if (kinds[n] == kind && keysHigh[n] == keyHigh && keysLow[n] == keyLow) {
                return n;
            }
        }
        return -1;
    }

    /** Whether the {@code n}th one has been looked up: if not, its location is unknown. */
    public boolean isLookedUp(int n) {
        return n < count && lookedUp[n];
    }

    /** Where the {@code n}th look-up will lead to, or {@link FrameLocation#NONE}. */
    public long location(int n) {
        return locations[n];
    }

    /** See {@link FoundEvent#hasDefaultPartitionKey}. */
    public boolean hasDefaultPartitionKey(int n) {
        return defaultPartitionKeys[n];
    }

    /** See {@link FoundEvent#isSealed}. */
    public boolean isSealed(int n) {
        return sealed[n];
    }

    /** Whether the frame at the {@code n}th look-up's location will probably be read. */
    public boolean needsFrame(int n) {
        boolean isEndKnown = endsOnly[n] && sealed[n] && defaultPartitionKeys[n];
        return locations[n] != FrameLocation.NONE && !isEndKnown;
    }

    /** Version or sequence that was found, -1 if there is none; of an event always -1. */
    public long foundNumber(int n) {
        return foundNumbers[n];
    }

    IndexKind kind(int n) {
        return kinds[n];
    }

    /** What the look-up is found by in filters and sorted tables. */
    long keyHigh(int n) {
        return keysHigh[n];
    }

    long keyLow(int n) {
        return keysLow[n];
    }

    /** The largest version or sequence that is looked for. */
    long number(int n) {
        return numbers[n];
    }

    /** Whether what is newest is looked for, so that the first table that has the key has it. */
    boolean isOfEnd(int n) {
        return numbers[n] == Long.MAX_VALUE;
    }

    int asked(int n) {
        return asked[n];
    }

    long candidates(int n) {
        return candidates[n];
    }

    /** Notes what the filters say, as {@link Candidates#startWith} takes it. */
    void setCandidates(int n, int asked, long candidates) {
        this.asked[n] = asked;
        this.candidates[n] = candidates;
    }

    void setFound(int n, long number, FoundEvent found) {
        foundNumbers[n] = number;
        locations[n] = found.location();
        defaultPartitionKeys[n] = found.hasDefaultPartitionKey();
        sealed[n] = found.isSealed();
        lookedUp[n] = true;
    }

    /** For the places that the next step will read. */
    public TouchList places() {
        return places;
    }
}
