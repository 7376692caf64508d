package io.sierra.storage.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A partition that is out of service, because entries of it are lost, was asked for something. */
public final class PartitionFailedException extends IOException {
    private static final long serialVersionUID = 1;

    private final int partitionId;
    private final String reason;

    /**
     * Says that a read would need this partition.
     *
     * @param reason why it is out of service
     */
    public PartitionFailedException(int partitionId, String reason, @Nullable Throwable cause) {
        super("partition %d is out of service: %s".formatted(partitionId, reason), cause);
        this.partitionId = partitionId;
        this.reason = reason;
    }

    /** The partition. */
    public int partitionId() {
        return partitionId;
    }

    /** Why it is out of service. */
    public String reason() {
        return reason;
    }
}
