package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What subscriptions and polls need of those around them. */
interface SubscriptionOwner {
    EventReader reader();

    Tails tails();

    /** Why a partition gets no more events; null if it may get some. */
    @Nullable Failure outOfService(int partitionId);

    /** Whether a partition is not to be read yet; {@link Subscription#resume} follows. */
    boolean isLoading(int partitionId);

    /** The subscription has ended. */
    void onEnded(Subscription subscription);

    /** The poll has ended. */
    void onEnded(LongPoll poll);

    /** The poll has begun to wait for events, or waits no more. */
    void onWaiting(LongPoll poll, boolean waits);

    /**
     * Calls after some time, unless everything ends before; {@code task} returns at once.
     *
     * @return cancels the call; null if everything has ended
     */
    @Nullable Future<?> signalAfter(long nanos, Runnable task);
}
