package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.concurrent.Published;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Positions in the log, and somebody who wants what follows them. It reads on while its subscriber
 * is ready, its window is open and there is something confirmed that it has not read; otherwise it
 * rests until one of the three changes. It holds no events, so one that is not taken from costs
 * positions and nothing else, however long the way to the end has become.
 *
 * <p>History and what comes live are read alike, from the log, so there is no point at which an
 * event could be lost or doubled between the two.
 */
public final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** Events looked at before others get their turn. */
    private static final int SLICE_EVENTS = 2048;

    /** A look at a stream or partition that may have nothing counts as so many events. */
    private static final int SOURCE_COST = 8;

    private final UUID id;
    private final EventReader reader;
    private final Tails tails;
    private final SubscriptionOwner owner;
    private final EventFilter filter;
    private final Subscriber subscriber;
    private final Window window;
    private final Pump pump;
    private final List<WatchedSource> watchedSources = new ArrayList<>();
    private final SourcePositions positions;
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Those that may have something to read. */
    private final ArrivalQueue<WatchedSource> ready = new ArrivalQueue<>();

    /**
     * Whether every source is watched and has been put into {@link #ready}. Nothing is read before,
     * for otherwise the end would seem to be reached when only some sources had been looked at.
     */
    private volatile boolean started;

    /** Cursor of the next event. Written by the pump. */
    @Published private volatile long nextCursor;

    Subscription(
            UUID id,
            List<? extends Source> sources,
            SubscriptionSettings settings,
            Subscriber subscriber,
            SubscriptionOwner owner,
            Executor executor) {
        this.id = id;
        this.reader = owner.reader();
        this.tails = owner.tails();
        this.owner = owner;
        this.filter = settings.filter();
        this.subscriber = subscriber;
        this.window = new Window(settings.window());
        this.pump = new Pump(executor, settings);
        for (Source source : sources) {
            watchedSources.add(new WatchedSource(source));
        }
        this.positions = new SourcePositions(sources);
    }

    /** Random, and how it is called by whoever acknowledges or ends it. */
    public UUID id() {
        return id;
    }

    /** Begins to deliver. Called once. */
    public void start() {
        for (WatchedSource watched : watchedSources) {
            watched.source.watch(tails, watched);
            ready.add(watched);
            Failure reason = owner.outOfService(watched.source.partitionId());
            if (reason != null) {
                fail(reason);
            }
        }
        if (ended.get()) {
            unwatch();
        }
        started = true;
        pump.signal();
    }

    /** The subscriber is ready again. Any thread. */
    public void resume() {
        pump.signal();
    }

    /**
     * Everything up to this cursor has been dealt with. Smaller ones than before change nothing,
     * larger ones than that of the last event count as that. Any thread.
     */
    public void acknowledge(long cursor) {
        window.acknowledge(cursor, nextCursor);
        pump.signal();
    }

    /** Ends it without a word; a call that is under way may still deliver. Any thread. */
    public void end() {
        if (ended.compareAndSet(false, true)) {
            owner.onEnded(this);
            unwatch();
            pump.cancelTimer();
        }
    }

    /** Number of streams or partitions. */
    int sourceCount() {
        return watchedSources.size();
    }

    private void unwatch() {
        watchedSources.forEach(watched -> watched.source.unwatch(tails, watched));
    }

    private void fail(Failure reason) {
        if (failure.compareAndSet(null, reason)) {
            pump.signal();
        }
    }

    /** A source on its way through {@link #ready}. */
    private final class WatchedSource extends ArrivalQueue.Entry implements Watcher {
        final Source source;

        WatchedSource(Source source) {
            this.source = source;
        }

        @Override
        public void onArrival() {
            if (ready.add(this)) {
                pump.signal();
            }
        }

        @Override
        public void onArrival(EventView event) {
            if (!pump.deliverAtOnce(source, event)) {
                onArrival();
            }
        }

        @Override
        public void onFailure(Failure reason) {
            fail(reason);
        }
    }

    /** The thread of the subscription. */
    private final class Pump extends SerialTask {
        private final boolean tellsCaughtUp;
        private final Heartbeat heartbeat;
        private volatile @Nullable Future<?> timer;

        /** How many sources have begun: of those in {@link #watchedSources} the first. */
        private int begun;

        /** Events that this turn may still look at. */
        private int budget;

        /** Whether positions have changed since the end of what is confirmed was last told. */
        private boolean moved = true;

        /** Whether the subscriber wants nothing more before it has sent what it has. */
        private boolean full;

        private final EventVisitor visitor = this::onEvent;

        /** Whether an event that is wanted had to stay because of the window. */
        private boolean windowClosed;

        /** Whose events are being visited. */
        private @Nullable Source current;

        Pump(Executor executor, SubscriptionSettings settings) {
            super(executor);
            this.tellsCaughtUp = settings.tellsCaughtUp();
            this.heartbeat =
                    new Heartbeat(TimeUnit.MILLISECONDS.toNanos(settings.heartbeatMillis()));
        }

        @Override
        protected void work() {
            if (ended.get() || !started) {
                return;
            }
            try {
                deliver();
            } catch (IOException | RuntimeException | Error e) {
                failBecauseOf(e);
            }
            Failure reason = failure.get();
            if (reason != null && !ended.get()) {
                end();
                subscriber.onFailure(reason);
            }
            subscriber.flush();
        }

        /**
         * Also what must not happen: this thread owns nothing that others rely on, and whoever
         * waits for events has to hear that none will come.
         */
        private void failBecauseOf(Throwable problem) {
            LOG.warn("subscription {} has ended", id, problem);
            fail(new Failure.ReadFailed(String.valueOf(problem.getMessage())));
        }

        /**
         * Delivers an event that somebody else has read, if that is all there is to do: of many
         * that follow one stream each would otherwise wake a thread and read it again.
         *
         * @return whether it was delivered; otherwise it has to be read
         */
        boolean deliverAtOnce(Source source, EventView event) {
            if (!tryEnter()) {
                return false;
            }
            try {
                return isAtEnd() && source.isNext(event) && deliver(source, event);
            } finally {
                leave();
            }
        }

        private boolean isAtEnd() {
            return started
                    && begun == watchedSources.size()
                    && !ended.get()
                    && failure.get() == null
                    && ready.isEmpty()
                    && subscriber.isReady();
        }

        private boolean deliver(Source source, EventView event) {
            try {
                current = source;
                windowClosed = false;
                onEvent(event);
                if (!windowClosed) {
                    full = false;
                    tellIfCaughtUp();
                    beat();
                }
            } catch (RuntimeException | Error e) {
                failBecauseOf(e);
            }
            subscriber.flush();
            return !windowClosed;
        }

        private void deliver() throws IOException {
            budget = SLICE_EVENTS;
            begin();
            if (begun < watchedSources.size()) {
                if (!isNextLoading()) {
                    signal();
                }
                return;
            }
            boolean canGoOn = true;
            while (canGoOn && budget > 0 && failure.get() == null) {
                canGoOn = subscriber.isReady() && !tellIfCaughtUp() && readNext();
                if (full) {
                    full = false;
                    subscriber.flush();
                }
            }
            beat();
            if (canGoOn) {
                signal();
            }
        }

        /**
         * Lets sources begin; many of them take several turns. Nothing is read before all have, so
         * one that cannot be read yet holds up the others.
         */
        private void begin() throws IOException {
            while (begun < watchedSources.size() && budget > 0 && !isNextLoading()) {
                Source source = watchedSources.get(begun).source;
                Failure reason = owner.outOfService(source.partitionId());
                if (reason != null) {
                    fail(reason); // found while it was loading
                    return;
                }
                source.begin(reader);
                begun++;
                budget -= SOURCE_COST;
            }
        }

        private boolean isNextLoading() {
            return owner.isLoading(watchedSources.get(begun).source.partitionId());
        }

        /** Whether no source has anything; whether the window is open does not matter for that. */
        private boolean tellIfCaughtUp() {
            if (!ready.isEmpty()) {
                return false;
            }
            if (moved && tellsCaughtUp) {
                subscriber.onCaughtUp(positions);
                heartbeat.onSent();
            }
            moved = false;
            return true;
        }

        /** Reads from the next source; false if that has to wait for an acknowledgement. */
        private boolean readNext() throws IOException {
            // With a filter it is worth a look even so: what is not wanted needs no window.
            boolean worthIt = filter != EventFilter.ALL || window.isOpenFor(nextCursor);
            WatchedSource watched = worthIt ? ready.poll() : null;
            if (watched == null) {
                return false;
            }
            budget -= SOURCE_COST;
            Source source = watched.source;
            current = source;
            windowClosed = false;
            boolean more = source.read(reader, visitor);
            if (more || windowClosed) { // the event that had to stay may be the last one
                ready.add(watched);
            }
            return !windowClosed;
        }

        private boolean onEvent(EventView event) {
            budget--;
            boolean wanted = filter.matches(event);
            long cursor = nextCursor;
            windowClosed = wanted && !window.isOpenFor(cursor);
            if (windowClosed) {
                return false;
            }
            Objects.requireNonNull(current).advancePast(event);
            moved = true;
            if (!wanted) {
                return budget > 0;
            }
            nextCursor = cursor + 1;
            heartbeat.onSent();
            full = !subscriber.onEvent(cursor, event);
            return !full && budget > 0;
        }

        private void beat() {
            if (heartbeat.isDue()) {
                if (subscriber.isReady()) {
                    subscriber.onHeartbeat(positions);
                }
                heartbeat.onSent();
            }
            scheduleBeat();
        }

        private void scheduleBeat() {
            if (heartbeat.needsTimer()) {
                timer = owner.signalAfter(heartbeat.nanosLeft(), this::onTimer);
                if (ended.get()) {
                    cancelTimer();
                }
            }
        }

        /** One that has ended is not to be kept in memory by its timer. */
        void cancelTimer() {
            Future<?> running = timer;
            if (running != null) {
                running.cancel(false);
            }
        }

        private void onTimer() {
            heartbeat.onTimer();
            signal();
        }
    }
}
