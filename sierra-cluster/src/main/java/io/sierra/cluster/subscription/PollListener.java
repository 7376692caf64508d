package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventView;

/**
 * Who gets what a {@link LongPoll} finds. The calls come from one thread at a time; exactly one of
 * {@link #onEnd}, {@link #onFailure} and {@link #onCancelled} comes, and is the last.
 */
public interface PollListener {
    /**
     * Takes an event, which is valid only during the call. Those of one stream or partition follow
     * upon each other, in their order.
     *
     * @param index of the stream or partition in the command; does not fall from call to call
     * @return whether it was taken; if not, the poll ends with what was taken before, so the first
     *     one has to be
     */
    boolean onEvent(int index, EventView event);

    /** The events so far are all; there may be none. */
    void onEnd();

    /** The poll has failed; what was taken before does not count. */
    void onFailure(Failure failure);

    /** The poll was cancelled: nobody wants what was taken before. */
    void onCancelled();
}
