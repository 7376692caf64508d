package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import org.jspecify.annotations.Nullable;

/** What a subscription needs of those around it. */
interface SubscriptionOwner {
    EventReader reader();

    Tails tails();

    /** Why a partition gets no more events; null if it may get some. */
    @Nullable Failure outOfService(int partitionId);

    /** The subscription has ended. */
    void onEnded(Subscription subscription);

    /** Calls after some time, unless everything ends before; {@code task} returns at once. */
    void signalAfter(long nanos, Runnable task);
}
