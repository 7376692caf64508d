package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams or partitions, and somebody who wants the next events of them, once. It looks at all of
 * them; if there is nothing it watches them and looks again, since something may have come before
 * it watched; from then on it looks at those that something has come for. While it waits it holds
 * no thread and no event.
 *
 * <p>One thread at a time works on it, which also watches, unwatches and calls the listener. The
 * others only ask for that.
 */
public final class LongPoll {
    private static final Logger LOG = LoggerFactory.getLogger(LongPoll.class);

    /** Streams or partitions looked at before others get their turn. */
    private static final int SLICE_SOURCES = 256;

    private final SubscriptionOwner owner;
    private final List<WatchedSource> watchedSources = new ArrayList<>();
    private final Worker worker;
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

    /** Set by whoever is first: the worker with its answer, or {@link #cancel}. */
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Those that something has come for. */
    private final ArrivalQueue<WatchedSource> arrived = new ArrivalQueue<>();

    private volatile boolean mayWait;

    LongPoll(
            List<? extends Source> sources,
            long count,
            boolean mayWait,
            PollListener listener,
            SubscriptionOwner owner,
            Executor executor) {
        this.owner = owner;
        this.mayWait = mayWait;
        for (Source source : sources) {
            watchedSources.add(new WatchedSource(watchedSources.size(), source));
        }
        this.worker = new Worker(executor, count, listener);
    }

    /** Begins to look. Called once. */
    public void start() {
        worker.signal();
    }

    /**
     * Ends the wait, or sees to it that there is none: the listener gets what there is, which may
     * be nothing. Any thread.
     */
    public void endWait() {
        mayWait = false;
        worker.signal();
    }

    /**
     * Ends it without an answer. Any thread.
     *
     * @return false if it has ended already: the listener was told, or is being told now
     */
    public boolean cancel() {
        boolean first = ended.compareAndSet(false, true);
        worker.signal();
        return first;
    }

    /** Number of streams or partitions. */
    int sourceCount() {
        return watchedSources.size();
    }

    /** A source on its way through {@link #arrived}. */
    private final class WatchedSource extends ArrivalQueue.Entry implements Watcher {
        final int index;
        final Source source;

        WatchedSource(int index, Source source) {
            this.index = index;
            this.source = source;
        }

        @Override
        public void onArrival() {
            if (arrived.add(this)) {
                worker.signal();
            }
        }

        @Override
        public void onFailure(Failure reason) {
            if (failure.compareAndSet(null, reason)) {
                worker.signal();
            }
        }
    }

    /** The thread of the poll. */
    private final class Worker extends SerialTask {
        private final EventReader reader = owner.reader();
        private final long count;
        private final PollListener listener;

        /** Those to look at before something else is decided, in the order asked. */
        private List<WatchedSource> round = watchedSources;

        private boolean roundOfAll = true;

        /** How many of {@link #round} have been looked at. */
        private int looked;

        private boolean watching;
        private boolean found;

        /** Whether the listener has turned an event away. */
        private boolean full;

        /** Whether the listener has been told the end. */
        private boolean told;

        private boolean closed;

        /** Whose events are being visited, and how many have been taken. */
        private @Nullable WatchedSource current;

        private long taken;

        Worker(Executor executor, long count, PollListener listener) {
            super(executor);
            this.count = count;
            this.listener = listener;
        }

        @Override
        protected void work() {
            if (closed) {
                return;
            }
            try {
                look();
            } catch (IOException | RuntimeException | Error e) {
                LOG.warn("a poll has failed", e);
                end(new Failure.ReadFailed(String.valueOf(e.getMessage())));
            }
            if (ended.get()) {
                close();
            }
        }

        private void look() throws IOException {
            for (int i = 0; i < SLICE_SOURCES; i++) {
                if (ended.get()) {
                    return;
                }
                if (!full && looked < round.size()) {
                    read(round.get(looked++));
                } else if (!goOn()) {
                    return;
                }
            }
            signal();
        }

        private void read(WatchedSource watched) throws IOException {
            current = watched;
            taken = 0;
            watched.source.begin(reader);
            watched.source.read(reader, this::onEvent);
        }

        private boolean onEvent(EventView event) {
            if (!listener.onEvent(Objects.requireNonNull(current).index, event)) {
                full = true;
                return false;
            }
            found = true;
            taken++;
            return taken < count;
        }

        /** All of a round have been looked at. Ends, rests, or begins another: then true. */
        private boolean goOn() {
            if (found) {
                end(null);
                return false;
            }
            Failure reason = failure.get();
            if (reason == null && roundOfAll) {
                reason = anyOutOfService();
            }
            if (reason != null) {
                end(reason);
                return false;
            }
            if (!mayWait) {
                end(null);
                return false;
            }
            looked = 0;
            if (!watching) {
                watch();
                return true;
            }
            round = takeArrived();
            roundOfAll = false;
            return !round.isEmpty();
        }

        /** Looked up, because nothing that happened before {@link #watch} is told. */
        private @Nullable Failure anyOutOfService() {
            for (WatchedSource watched : watchedSources) {
                Failure reason = owner.outOfService(watched.source.partitionId());
                if (reason != null) {
                    return reason;
                }
            }
            return null;
        }

        private List<WatchedSource> takeArrived() {
            List<WatchedSource> some = new ArrayList<>();
            WatchedSource watched = arrived.poll();
            while (watched != null) {
                some.add(watched);
                watched = arrived.poll();
            }
            some.sort(Comparator.comparingInt(f -> f.index));
            return some;
        }

        private void watch() {
            watching = true;
            owner.onWaiting(LongPoll.this, true);
            watchedSources.forEach(watched -> watched.source.watch(owner.tails(), watched));
        }

        private void end(@Nullable Failure reason) {
            if (ended.compareAndSet(false, true)) {
                told = true;
                if (reason == null) {
                    listener.onEnd();
                } else {
                    listener.onFailure(reason);
                }
            }
        }

        private void close() {
            closed = true;
            if (!told) {
                listener.onCancelled();
            }
            if (watching) {
                watchedSources.forEach(watched -> watched.source.unwatch(owner.tails(), watched));
                owner.onWaiting(LongPoll.this, false);
            }
            owner.onEnded(LongPoll.this);
        }
    }
}
