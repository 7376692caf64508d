package io.sierra.cluster;

import io.sierra.protocol.reply.AppendResult;

/**
 * Takes the results of appends on behalf of one event loop. Called by the threads of several
 * buckets; never blocks and never throws.
 */
public interface AppendSink {

    /** The request is finished; exactly once for each accepted request. */
    void completed(AppendRequest request, AppendResult result);

    /** A thread has reported the last result of its batch: time to wake the event loop. */
    void flush();
}
