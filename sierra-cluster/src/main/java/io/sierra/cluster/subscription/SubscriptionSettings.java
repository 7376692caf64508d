package io.sierra.cluster.subscription;

import io.sierra.protocol.command.Command.Subscribe;

/**
 * How a subscription goes about it.
 *
 * @param window events sent beyond the last acknowledged one, at least 1
 * @param tellsCaughtUp whether the subscriber is told each time the end is reached
 * @param heartbeatMillis the subscriber is told the positions after so long without a word; 0:
 *     never
 */
record SubscriptionSettings(
        EventFilter filter, long window, boolean tellsCaughtUp, long heartbeatMillis) {
    SubscriptionSettings {
        if (window < 1) {
            throw new IllegalArgumentException("window must be at least 1, not " + window);
        }
    }

    static SubscriptionSettings of(Subscribe command, EventFilter filter) {
        return new SubscriptionSettings(
                filter,
                command.window(),
                command.options().caughtUp(),
                command.options().heartbeatMillis());
    }
}
