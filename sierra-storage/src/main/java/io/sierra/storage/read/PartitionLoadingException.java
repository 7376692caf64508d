package io.sierra.storage.read;

import java.io.IOException;

/** A partition was asked for something whose bucket is loading, so not served yet. */
public final class PartitionLoadingException extends IOException {
    private static final long serialVersionUID = 1;

    private final int bucketId;
    private final int percent;

    /**
     * Says that a read would need a partition of this bucket.
     *
     * @param percent how much of it is done, 0 to 99
     */
    public PartitionLoadingException(int bucketId, int percent) {
        super(
                "partitions of bucket %d are loading: missing indexes are being rebuilt, %d %% done"
                        .formatted(bucketId, percent));
        this.bucketId = bucketId;
        this.percent = percent;
    }

    /** The bucket. */
    public int bucketId() {
        return bucketId;
    }

    /** How much of it is done, 0 to 99. */
    public int percent() {
        return percent;
    }
}
