package io.sierra.cluster.subscription;

import io.sierra.storage.read.EventView;

/** Chooses the events of a subscription. Used by one thread at a time. */
@FunctionalInterface
public interface EventFilter {
    /** Every event. */
    EventFilter ALL = _ -> true;

    /** Whether the event is wanted. */
    boolean matches(EventView event);
}
