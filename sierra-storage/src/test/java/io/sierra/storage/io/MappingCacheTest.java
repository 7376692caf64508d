package io.sierra.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.MappingCache.Counters;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MappingCacheTest {
    private final FaultyDevice device = new FaultyDevice(new MemoryDevice());
    private final MappingCache cache = new MappingCache(device, 2);

    @BeforeEach
    void createFiles() throws IOException {
        for (String name : List.of("a", "b", "c")) Bytes.createFile(device, name, "file " + name);
    }

    @Test
    void acquire_twice_sharesTheMapping() throws IOException {
        try (Lease first = cache.acquire("a");
                Lease second = cache.acquire("a")) {
            assertThat(Bytes.of(first.segment())).isEqualTo("file a");
            assertThat(second.segment()).isSameAs(first.segment());
        }
        cache.acquire("a").close();
        assertThat(cache.counters()).isEqualTo(new Counters(2, 1, 1, 6, 0));
        assertThat(device.faults().count(Operation.MAP)).isEqualTo(1);
    }

    @Test
    void acquire_beyondTheLimit_unmapsTheLeastRecentlyUsed() throws IOException {
        MemorySegment a = use("a");
        MemorySegment b = use("b");
        use("a");
        MemorySegment c = use("c");
        assertThat(b.scope().isAlive()).isFalse();
        assertThat(a.scope().isAlive()).isTrue();
        assertThat(c.scope().isAlive()).isTrue();
        assertThat(cache.counters()).isEqualTo(new Counters(1, 3, 2, 12, 1));
    }

    @Test
    void leasedMappings_exceedTheLimitAndShrinkWhenReturned() throws IOException {
        Lease a = cache.acquire("a");
        Lease b = cache.acquire("b");
        Lease c = cache.acquire("c");
        MemorySegment segment = a.segment();
        cache.acquire("a").close();
        assertThat(cache.counters()).isEqualTo(new Counters(1, 3, 3, 18, 0));
        a.close();
        assertThat(segment.scope().isAlive()).isFalse();
        assertThat(cache.counters().mappings()).isEqualTo(2);
        b.close();
        c.close();
        assertThat(cache.counters().mappings()).isEqualTo(2);
    }

    @Test
    void tryRetain_afterTheLastRelease_isRefused() {
        Mapping mapping = new Mapping("a");
        assertThat(mapping.release()).isFalse();
        assertThat(mapping.tryRetain()).isTrue();
        assertThat(mapping.release()).isFalse();
        assertThat(mapping.release()).isTrue();
        assertThat(mapping.tryRetain()).isFalse();
        mapping.unmap();
    }

    @Test
    void close_twice_givesBackOnce() throws IOException {
        Lease first = cache.acquire("a");
        try (Lease second = cache.acquire("a")) {
            first.close();
            first.close();
            cache.invalidate("a");
            assertThat(second.segment().scope().isAlive()).isTrue();
        }
        assertThat(cache.counters().mappings()).isZero();
    }

    @Test
    void invalidate_idle_unmapsAtOnceAndMapsAnew() throws IOException {
        MemorySegment old = use("a");
        device.delete("a");
        Bytes.createFile(device, "a", "longer file a");
        cache.invalidate("a");
        assertThat(old.scope().isAlive()).isFalse();
        assertThat(use("a").byteSize()).isEqualTo(13);
        assertThat(cache.counters().evictions()).isZero();
    }

    @Test
    void invalidate_leased_unmapsWithTheLastLease() throws IOException {
        Lease old = cache.acquire("a");
        MemorySegment segment = old.segment();
        cache.invalidate("a");
        cache.invalidate("a");
        try (Lease fresh = cache.acquire("a")) {
            assertThat(fresh.segment()).isNotSameAs(segment);
            assertThat(Bytes.of(segment)).isEqualTo("file a");
            old.close();
            assertThat(segment.scope().isAlive()).isFalse();
            assertThat(Bytes.of(fresh.segment())).isEqualTo("file a");
        }
        cache.invalidate("never mapped");
        assertThat(cache.counters().mappedBytes()).isEqualTo(6);
    }

    @Test
    void mappedFile_sharesTheMappingOfItsPath() throws IOException {
        MappingCache.MappedFile file = cache.file("a");
        try (Lease byPath = cache.acquire("a");
                Lease first = file.acquire();
                Lease second = file.acquire()) {
            assertThat(first.segment()).isSameAs(byPath.segment());
            assertThat(second.segment()).isSameAs(byPath.segment());
            assertThat(cache.counters()).isEqualTo(new Counters(2, 1, 1, 6, 0));
        }
    }

    @Test
    void mappedFile_invalidatedWhileLeased_isMappedAnew() throws IOException {
        MappingCache.MappedFile file = cache.file("a");
        try (Lease old = file.acquire()) {
            cache.invalidate("a");
            try (Lease fresh = file.acquire()) {
                assertThat(fresh.segment()).isNotSameAs(old.segment());
            }
            assertThat(Bytes.of(old.segment())).isEqualTo("file a");
        }
        assertThat(cache.counters().mappings()).isEqualTo(1);
    }

    @Test
    void mappedFile_evicted_isMappedAnew() throws IOException {
        MappingCache.MappedFile file = cache.file("a");
        MemorySegment old;
        try (Lease lease = file.acquire()) {
            old = lease.segment();
        }
        use("b");
        use("c");
        assertThat(old.scope().isAlive()).isFalse();
        try (Lease fresh = file.acquire()) {
            assertThat(Bytes.of(fresh.segment())).isEqualTo("file a");
        }
    }

    @Test
    void mappedFile_ofAClosedCache_isRefused() throws IOException {
        MappingCache.MappedFile file = cache.file("a");
        try (Lease _ = file.acquire()) {
            cache.close();
            assertThatIllegalStateException().isThrownBy(file::acquire);
        }
    }

    @Test
    void acquire_failsToMap_leavesNothingBehind() throws IOException {
        device.faults().failOnce(Operation.MAP, 1);
        assertThatIOException().isThrownBy(() -> cache.acquire("a"));
        assertThatIOException().isThrownBy(() -> cache.acquire("missing"));
        assertThat(cache.counters()).isEqualTo(new Counters(0, 2, 0, 0, 0));
        assertThat(Bytes.of(use("a"))).isEqualTo("file a");
    }

    @Test
    void close_unmapsIdleAtOnceAndLeasedLater() throws IOException {
        MemorySegment idle = use("a");
        Lease lease = cache.acquire("b");
        MemorySegment leased = lease.segment();
        cache.close();
        assertThat(idle.scope().isAlive()).isFalse();
        assertThat(leased.scope().isAlive()).isTrue();
        lease.close();
        assertThat(leased.scope().isAlive()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> cache.acquire("a"));
        assertThat(cache.counters().mappedBytes()).isZero();
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void manyThreads_neverSeeAnUnmappedFile(long seed, @TempDir Path directory) throws Exception {
        try (Device files = FileDevice.open(directory);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            MappingCache hammered = new MappingCache(files, 3);
            for (int i = 0; i < 8; i++) Bytes.createFile(files, "f" + i, "file " + i);
            List<MappingCache.MappedFile> mapped =
                    IntStream.range(0, 8).mapToObj(i -> hammered.file("f" + i)).toList();
            List<Future<Void>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++)
                results.add(threads.submit(hammer(hammered, mapped, seed + i)));
            for (Future<Void> result : results) result.get();
            assertThat(hammered.counters().mappings()).isBetween(1L, 3L);
            assertThat(hammered.counters().mappedBytes())
                    .isEqualTo(6 * hammered.counters().mappings());
            hammered.close();
            assertThat(hammered.counters().mappings()).isZero();
            assertThat(hammered.counters().mappedBytes()).isZero();
        }
    }

    /** As a segment does that is written while others read it. */
    @Test
    void mappedFile_thatGrewAndWasInvalidated_isMappedAsItIsNow(@TempDir Path directory)
            throws Exception {
        try (FileDevice files = FileDevice.open(directory);
                ExecutorService threads = Executors.newFixedThreadPool(2);
                MappingCache small = new MappingCache(files, 1)) {
            for (String name : List.of("a", "b", "grows")) Bytes.createFile(files, name, name);
            AtomicBoolean end = new AtomicBoolean();
            List<Future<?>> evicting = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                evicting.add(
                        threads.submit(() -> {
                            while (!end.get()) small.acquire(name).close();
                            return null;
                        }));
            }
            MappingCache.MappedFile grows = small.file("grows");
            try (DeviceFile file = files.open("grows")) {
                for (int length = 6; length < 3_000; length++) {
                    file.write(ByteBuffer.wrap(new byte[1]), length - 1L);
                    small.invalidate("grows");
                    try (Lease lease = grows.acquire()) {
                        assertThat(lease.segment().byteSize()).isEqualTo(length);
                    }
                }
            } finally {
                end.set(true);
            }
            for (Future<?> each : evicting) each.get();
        }
    }

    static LongStream seeds() {
        Long given = Long.getLong("sierra.seed");
        if (given != null) return LongStream.of(given);
        return LongStream.of(1, 2, ThreadLocalRandom.current().nextLong(1L << 40));
    }

    private static Callable<Void> hammer(
            MappingCache cache, List<MappingCache.MappedFile> mapped, long seed) {
        return () -> {
            RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
            for (int i = 0; i < 3000; i++) {
                int file = random.nextInt(8);
                boolean byPath = random.nextBoolean();
                try (Lease lease =
                        byPath ? cache.acquire("f" + file) : mapped.get(file).acquire()) {
                    assertThat(Bytes.of(lease.segment())).isEqualTo("file " + file);
                    if (random.nextInt(10) == 0) cache.invalidate("f" + random.nextInt(8));
                    assertThat(Bytes.of(lease.segment())).isEqualTo("file " + file);
                }
            }
            return null;
        };
    }

    private MemorySegment use(String path) throws IOException {
        try (Lease lease = cache.acquire(path)) {
            return lease.segment();
        }
    }
}
