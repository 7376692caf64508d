package io.sierra.storage.index;

/**
 * What a look-up tells about the version or sequence that it has found. The next look-up writes
 * over it. For one thread.
 */
public final class FoundNumber {
    private long location = FrameLocation.NONE;
    private boolean hasDefaultPartitionKey;

    /** Where its event is, or what says that it is lost. */
    public long location() {
        return location;
    }

    /**
     * Whether the stream's partition key is {@link
     * io.sierra.protocol.id.StreamId#defaultPartitionKey}. If not, it is another or not known.
     */
    public boolean hasDefaultPartitionKey() {
        return hasDefaultPartitionKey;
    }

    /** Tells what is known. */
    public void set(long location, boolean hasDefaultPartitionKey) {
        this.location = location;
        this.hasDefaultPartitionKey = hasDefaultPartitionKey;
    }

    void clear() {
        set(FrameLocation.NONE, /* hasDefaultPartitionKey= */ false);
    }
}
