package io.sierra.server.connection;

/** A reply that waits for those before it, or for its own result. */
sealed interface PendingReply permits EncodedReply, PendingAppend, PushBlock, ReplyBlock {
    /** Whether it could be written now. */
    boolean isDone();

    /** Writes it; called once, when it is done and nothing stands before it. */
    void writeTo(ReplyQueue out);

    /** Gives back what it holds; called instead of {@link #writeTo} when nobody will read it. */
    void discard();
}
