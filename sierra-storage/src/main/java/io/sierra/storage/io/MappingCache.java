package io.sierra.storage.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Whole files mapped for reading and shared by all that read them, so that address space and page
 * tables stay bounded however many files a store has.
 *
 * <p>A mapping counts its references: one for being in the cache and one per lease. Whoever takes
 * it out of the map gives up the cache's reference, and whoever gives up the last one unmaps, at
 * once and in his own thread. So a leased mapping is never unmapped, and no lock is needed but a
 * short one to choose what to evict. All methods may be called from any thread.
 */
public final class MappingCache implements AutoCloseable {
    /** While all mappings are replaced once, so often all of them are looked at. */
    private static final int SEARCHES_PER_TURNOVER = 16;

    private final Device device;
    private final int maxMappings;
    private final ConcurrentMap<String, Mapping> mappings = new ConcurrentHashMap<>();
    private final Object eviction = new Object();

    /** Those that were not used for longest, oldest first; under the lock. */
    private final Deque<Candidate> candidates = new ArrayDeque<>();

    private volatile boolean closed;

    /**
     * Counts loads; the clock that uses are noted by. Only a load evicts, so uses between two need
     * no order, and write nothing.
     */
    private final AtomicLong loads = new AtomicLong();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder mapped = new LongAdder();
    private final LongAdder mappedBytes = new LongAdder();

    /**
     * Creates an empty cache.
     *
     * @param maxMappings mappings at a time, at least 1. Idle ones make room for those that are
     *     needed; only leases that are held at one time can exceed it
     */
    public MappingCache(Device device, int maxMappings) {
        if (maxMappings < 1) throw new IllegalArgumentException("maxMappings " + maxMappings);
        this.device = device;
        this.maxMappings = maxMappings;
    }

    /**
     * Maps a file as long as it is now, or shares the mapping that there is, which is as long as
     * the file was then.
     *
     * @throws IOException if the file cannot be opened or mapped
     * @throws IllegalStateException if the cache is closed
     */
    public Lease acquire(String path) throws IOException {
        while (!closed) {
            Mapping mapping = mappings.get(path);
            if (mapping == null) {
                Mapping fresh = new Mapping(path);
                if (mappings.putIfAbsent(path, fresh) == null) return load(fresh);
            } else if (mapping.tryRetain()) {
                return share(mapping);
            }
        }
        throw new IllegalStateException("the cache of mappings is closed");
    }

    /** A file that is going to be mapped often. */
    public MappedFile file(String path) {
        return new MappedFile(path);
    }

    /** A file that knows its mapping without a search. May be used from any thread. */
    public final class MappedFile {
        private final String path;
        private volatile @Nullable Mapping last;

        private MappedFile(String path) {
            this.path = path;
        }

        /** As {@link MappingCache#acquire} of its path. */
        public Lease acquire() throws IOException {
            Mapping mapping = last;
            if (mapping != null && mapping.tryRetain()) {
                if (!mapping.isForgotten()) return share(mapping);
                release(mapping);
            }
            Lease lease = MappingCache.this.acquire(path);
            last = lease.mapping;
            return lease;
        }
    }

    /**
     * Forgets a file, so that the next {@link #acquire} maps it anew. Leases stay valid; the old
     * mapping ends with the last of them.
     */
    public void invalidate(String path) {
        Mapping mapping = mappings.get(path);
        if (mapping != null) remove(mapping);
    }

    /** What the cache has done, and what it holds now. */
    public Counters counters() {
        return new Counters(
                hits.sum(), misses.sum(), mapped.sum(), mappedBytes.sum(), evictions.sum());
    }

    /** Mappings that there may be at a time, as the cache was told. */
    public int maxMappings() {
        return maxMappings;
    }

    /** Unmaps what nobody uses; the rest ends with its leases. */
    @Override
    public void close() {
        closed = true;
        mappings.values().forEach(this::remove);
    }

    private Lease load(Mapping fresh) throws IOException {
        misses.increment();
        try {
            fresh.load(device);
        } catch (IOException | RuntimeException | Error e) {
            remove(fresh);
            release(fresh);
            throw e;
        }
        MemorySegment segment = fresh.await();
        mapped.increment();
        mappedBytes.add(segment.byteSize());
        Lease lease = lease(fresh, segment);
        loads.incrementAndGet(); // what is used from now on is used later
        trim();
        return lease;
    }

    private Lease share(Mapping mapping) throws IOException {
        try {
            MemorySegment segment = mapping.await();
            hits.increment();
            return lease(mapping, segment);
        } catch (IOException e) {
            release(mapping);
            throw e;
        }
    }

    private Lease lease(Mapping mapping, MemorySegment segment) {
        mapping.usedAt(loads.get());
        return new Lease(mapping, segment);
    }

    /** Evicts the idle mappings that were not used for longest, down to the limit. */
    private void trim() {
        while (mappings.size() > limit()) {
            Mapping victim;
            synchronized (eviction) {
                if (mappings.size() <= limit()) return;
                Mapping oldest = leastRecentlyUsed();
                if (oldest == null) return;
                victim = oldest;
                victim.forget();
                if (!mappings.remove(victim.path(), victim)) continue;
            }
            evictions.increment();
            release(victim);
        }
    }

    /** The idle mapping that was not used for longest, null if none is idle. */
    private @Nullable Mapping leastRecentlyUsed() {
        for (int searches = 0; searches < 2; searches++) {
            for (Candidate next; (next = candidates.poll()) != null; ) {
                if (next.isStillIdle()) return next.mapping();
            }
            findCandidates();
        }
        return null;
    }

    /** Looks at all mappings, and for so many at once that this seldom has to be done. */
    private void findCandidates() {
        mappings.values().stream()
                .filter(Mapping::isIdle)
                .map(mapping -> new Candidate(mapping, mapping.lastUse()))
                .sorted(Comparator.comparingLong(Candidate::lastUse))
                .limit(maxMappings / SEARCHES_PER_TURNOVER + 1)
                .forEach(candidates::add);
    }

    /**
     * A mapping that may be evicted, if it was not used since the clock moved on; uses between two
     * loads are one to it.
     */
    private record Candidate(Mapping mapping, long lastUse) {
        boolean isStillIdle() {
            return mapping.isIdle() && mapping.lastUse() == lastUse;
        }
    }

    private int limit() {
        return closed ? 0 : maxMappings;
    }

    /** Only the thread that takes a mapping out of the map gives up the cache's reference. */
    private void remove(Mapping mapping) {
        mapping.forget();
        if (mappings.remove(mapping.path(), mapping)) release(mapping);
    }

    private void release(Mapping mapping) {
        if (!mapping.release()) return;
        if (mapping.isLoaded()) {
            mapped.decrement();
            mappedBytes.add(-mapping.lengthBytes());
        }
        mapping.unmap();
    }

    /** The right to read a mapping. Used by one thread at a time, closed by any. */
    public final class Lease implements AutoCloseable {
        private final Mapping mapping;
        private final MemorySegment segment;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(Mapping mapping, MemorySegment segment) {
            this.mapping = mapping;
            this.segment = segment;
        }

        /** The whole file, read-only; may not be touched after {@link #close}. */
        public MemorySegment segment() {
            assert !returned.get() : "lease of " + mapping.path() + " is closed";
            return segment;
        }

        /** Gives the mapping back; a second call does nothing. */
        @Override
        public void close() {
            if (returned.getAndSet(true)) return;
            release(mapping);
            trim();
        }
    }

    /**
     * What a cache has done, and what it holds now.
     *
     * @param hits leases of a mapping that was there, since the start
     * @param misses leases that had to map a file, failures included, since the start
     * @param mappings files mapped now, leased ones included
     * @param mappedBytes length of these
     * @param evictions mappings given up because there were too many, since the start
     */
    public record Counters(
            long hits, long misses, long mappings, long mappedBytes, long evictions) {}
}
