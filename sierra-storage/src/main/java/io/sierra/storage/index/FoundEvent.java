package io.sierra.storage.index;

/**
 * What a look-up tells about the event that it has found, besides its number. One that finds
 * nothing leaves it as it was. For one thread.
 */
public final class FoundEvent {
    private long location = FrameLocation.NONE;
    private boolean hasDefaultPartitionKey;
    private boolean isSealed;

    /**
     * {@link FrameLocation} of its frame, or of the one that says that it is lost; {@link
     * FrameLocation#NONE} at first.
     */
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

    /**
     * Whether it is in a sealed segment that has its index: then it is below its partition's
     * watermark as it is now, since a segment is sealed when all of it is published.
     */
    public boolean isSealed() {
        return isSealed;
    }

    /** Notes what was found. */
    public void set(long location, boolean hasDefaultPartitionKey, boolean isSealed) {
        this.location = location;
        this.hasDefaultPartitionKey = hasDefaultPartitionKey;
        this.isSealed = isSealed;
    }

    void clear() {
        set(FrameLocation.NONE, /* hasDefaultPartitionKey= */ false, /* isSealed= */ false);
    }
}
