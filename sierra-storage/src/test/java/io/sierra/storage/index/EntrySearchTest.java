package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntrySearchTest {
    private static final IndexFileId ID = new IndexFileId("b", IndexKind.EVENT, 1, 1);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 100, 4_092, 20_000})
    void floor_evenHashes_findsTheGreatestUpToTheKey(int count) throws IOException {
        Random random = new Random(count);
        check(count, random::nextLong, random);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 20_000})
    void floor_unevenHashes_isRightToo(int count) throws IOException {
        Random random = new Random(count);
        check(count, () -> random.nextInt(50) - 25, random);
    }

    /** More than a line has room for, in a file with empty lines before it and behind it. */
    @ParameterizedTest
    @ValueSource(ints = {29, 100, 4_092})
    void floor_oneHashAmongEmptyLines_isRightToo(int count) throws IOException {
        Random random = new Random(count);
        long common = random.nextLong();
        check(count, () -> random.nextInt(40) == 0 ? random.nextLong() : common, random);
    }

    private static void check(int count, LongSupplier hashes, Random random) throws IOException {
        record Entry(long hash, long location) {}
        TreeSet<Entry> entries =
                new TreeSet<>((a, b) -> {
                    int order = Long.compareUnsigned(a.hash, b.hash);
                    return order != 0 ? order : Long.compare(a.location, b.location);
                });
        while (entries.size() < count) {
            entries.add(new Entry(hashes.getAsLong(), random.nextInt(1_000_000)));
        }
        MemoryDevice device = new MemoryDevice();
        device.createDirectories("b/segments/0000000001");
        var sorted = entries.stream().toList();
        new IndexWriting(device, () -> false)
                .writeEvents(
                        IndexFileHeader.of(ID, 0, count, 0),
                        () ->
                                new EventCursor() {
                                    private int at = -1;

                                    @Override
                                    public boolean next() {
                                        return ++at < sorted.size();
                                    }

                                    @Override
                                    public long hash() {
                                        return sorted.get(at).hash;
                                    }

                                    @Override
                                    public long location() {
                                        return sorted.get(at).location;
                                    }
                                });
        try (Arena arena = Arena.ofConfined();
                var opened = device.openForReading(ID.path())) {
            var bytes = opened.map(0, opened.size(), arena);
            IndexFile file = IndexFile.open(ID, bytes, new VerifiedBlocks(bytes.byteSize()));
            EntrySearch search = new EntrySearch(file, 2);
            for (int i = 0; i < 3_000; i++) {
                long hash = random.nextBoolean() ? hashes.getAsLong() : random.nextLong();
                if (count > 0 && random.nextBoolean()) {
                    hash = sorted.get(random.nextInt(count)).hash;
                    assertThat(file.mayContain(hash)).isTrue();
                }
                long location = random.nextInt(1_000_000);
                assertThat(search.floor(hash, location, 0))
                        .isEqualTo(entries.headSet(new Entry(hash, location), true).size() - 1);
            }
        }
    }
}
