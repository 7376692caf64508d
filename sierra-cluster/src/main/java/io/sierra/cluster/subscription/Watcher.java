package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventView;

/** Somebody who waits for events. Called by any thread; returns at once. */
interface Watcher {
    /** Something may have become visible. */
    void onArrival();

    /** The same, by whoever reads the event at this moment; it is valid only during the call. */
    default void onArrival(EventView event) {
        onArrival();
    }

    /** Nothing will become visible any more. */
    void onFailure(Failure failure);
}
