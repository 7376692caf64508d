package io.sierra.server.connection;

import io.netty.util.concurrent.EventExecutor;
import io.sierra.cluster.AppendRequest;
import io.sierra.cluster.AppendSink;
import io.sierra.protocol.reply.AppendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back to one event loop. Buckets and readers put results in; one task on the event loop
 * takes out all that are there, so a batch costs one wake-up and each connection one write. The
 * queue needs no bound: connections bound how much they have in flight.
 */
final class CompletionQueue implements AppendSink {
    private static final Logger LOG = LoggerFactory.getLogger(CompletionQueue.class);
    private static final int CHUNK_LENGTH = 1024;

    /** After so many the event loop looks at its sockets again. */
    private static final int DRAIN_LIMIT = 4096;

    private final EventExecutor eventLoop;
    private final MpscUnboundedAtomicArrayQueue<Completion> queue =
            new MpscUnboundedAtomicArrayQueue<>(CHUNK_LENGTH);
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private final List<ClientConnection> touched = new ArrayList<>();

    CompletionQueue(EventExecutor eventLoop) {
        this.eventLoop = eventLoop;
    }

    @Override
    public void completed(AppendRequest request, AppendResult result) {
        PendingAppend append = (PendingAppend) request;
        append.finish(result);
        queue.offer(append);
    }

    /** A reader has finished, or a subscription has something. */
    void completed(Completion completion) {
        queue.offer(completion);
    }

    @Override
    public void flush() {
        if (!drainScheduled.get() && drainScheduled.compareAndSet(false, true)) {
            scheduleDrain();
        }
    }

    private void scheduleDrain() {
        try {
            eventLoop.execute(this::drain);
        } catch (RejectedExecutionException e) {
            LOG.debug("a result came after the event loop had ended", e);
        }
    }

    /** Whoever puts something in after the flag is down schedules the next drain. */
    private void drain() {
        drainScheduled.set(false);
        Completion completion = queue.poll();
        for (int drained = 1; completion != null; drained++) {
            onCompletion(completion);
            if (drained == DRAIN_LIMIT) {
                flush();
                break;
            }
            completion = queue.poll();
        }
        for (int i = 0; i < touched.size(); i++) {
            finish(touched.get(i));
        }
        touched.clear();
    }

    /** What fails for one connection ends that one; the others go on. */
    private void onCompletion(Completion completion) {
        ClientConnection connection = completion.connection();
        try {
            completion.onEventLoop();
        } catch (RuntimeException | OutOfMemoryError e) {
            connection.closeSoon(e);
        }
        if (connection.markTouched()) {
            touched.add(connection);
        }
    }

    private static void finish(ClientConnection connection) {
        try {
            connection.afterCompletions();
        } catch (RuntimeException | OutOfMemoryError e) {
            connection.closeSoon(e);
        }
    }
}
