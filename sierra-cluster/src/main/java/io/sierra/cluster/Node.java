package io.sierra.cluster;

import io.sierra.cluster.subscription.Subscriptions;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import org.jspecify.annotations.Nullable;

/** One node of the event store, as its front end sees it. */
public interface Node extends AutoCloseable {

    /** How many partitions and buckets there are. */
    Partitioning partitioning();

    /**
     * Hands an append to its partition. Never blocks.
     *
     * @return null if the request was accepted and its sink will be told; otherwise why it was
     *     refused, and the sink will not be told
     */
    @Nullable Failure offer(AppendRequest request);

    /**
     * Why a partition cannot be read, or not yet ({@link Failure.PartitionLoading}), or null if it
     * can; there may be none of this id.
     */
    @Nullable Failure failureOf(int partitionId);

    /** Reads of confirmed events. */
    EventReader reader();

    /** Those who follow the log. */
    Subscriptions subscriptions();

    /** What an operator wants to know; cheap enough to ask every second. */
    NodeStatus status();

    /** How the background scrub is doing. */
    default ScrubStatus scrubStatus() {
        return ScrubStatus.OFF;
    }

    /** Finishes what was accepted, makes it durable and closes the files. */
    @Override
    void close();
}
