package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;

/** Somebody who waits for events. Called by any thread; returns at once. */
interface Watcher {
    /** Something may have become visible. */
    void onArrival();

    /** Nothing will become visible any more. */
    void onFailure(Failure failure);
}
