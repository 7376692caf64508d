package io.sierra.storage;

import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.bucket.BucketStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Appends that were expected are judged as they are without. */
final class ExpectedAppendsTest {
    private static final int PARTITIONS = 2;

    /** A cache of eight heads, so that most are looked up. */
    private static final StoreOptions TINY_CACHE =
            StoreOptions.defaults()
                    .withPartitioning(PARTITIONS, 1)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES)
                    .withCacheBytes(0);

    private static final int STREAMS = 40;
    private static final int GROUPS = 150;
    private static final int MAX_GROUP = 32;

    private record Append(PartitionKey key, List<NewEvent> events) {}

    static LongStream seeds() {
        Long given = Long.getLong("sierra.seed");
        return given != null ? LongStream.of(given) : new Random().longs(5);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void expectedAppends_haveTheResultsOfOthers(long seed) throws IOException {
        Random random = new Random(seed);
        List<NewEvent> known = new ArrayList<>();
        try (StoreOnDisk expecting = new StoreOnDisk(TINY_CACHE);
                StoreOnDisk plain = new StoreOnDisk(TINY_CACHE)) {
            for (int n = 0; n < GROUPS; n++) {
                List<Append> group = group(random, known);
                for (Append append : group) {
                    expecting.bucket().expect(append.key(), append.events());
                }
                expecting.bucket().prefetch();
                boolean confirmInside = random.nextInt(4) == 0;
                for (Append append : group) {
                    AppendResult expected = stage(plain, append);
                    AppendResult actual = stage(expecting, append);
                    assertThat(actual).as("group %d", n).isEqualTo(expected);
                    if (confirmInside && random.nextInt(8) == 0) {
                        plain.confirm();
                        expecting.confirm();
                    }
                }
                if (random.nextBoolean()) { // or it goes on with some that are not confirmed
                    plain.confirm();
                    expecting.confirm();
                }
            }
            plain.confirm();
            expecting.confirm();
            assertThat(expecting.bucket().status().segments()).isGreaterThan(5);
            for (int id = 0; id < PARTITIONS; id++) {
                assertThat(expecting.payloads(id)).isEqualTo(plain.payloads(id)).isNotEmpty();
            }
        }
    }

    private static List<Append> group(Random random, List<NewEvent> known) {
        List<Append> group = new ArrayList<>();
        int size = 1 + random.nextInt(MAX_GROUP);
        for (int i = 0; i < size; i++) {
            int partitionId = random.nextInt(PARTITIONS);
            List<NewEvent> events = new ArrayList<>();
            for (int n = random.nextInt(5) == 0 ? 3 : 1; n > 0; n--) {
                boolean again = !known.isEmpty() && random.nextInt(4) == 0;
                NewEvent event =
                        again
                                ? known.get(random.nextInt(known.size()))
                                : event(random, partitionId);
                known.add(event);
                events.add(event);
            }
            PartitionKey own = events.getFirst().streamId().defaultPartitionKey();
            boolean isHere = TINY_CACHE.partitioning().partitionOf(own) == partitionId;
            group.add(new Append(isHere ? own : key(partitionId), events));
        }
        return group;
    }

    private static NewEvent event(Random random, int partitionId) {
        int stream = random.nextInt(STREAMS);
        ExpectedVersion expected =
                switch (random.nextInt(4)) {
                    case 0 -> new ExpectedVersion.Empty();
                    case 1 -> new ExpectedVersion.Exactly(random.nextInt(3));
                    case 2 -> new ExpectedVersion.Exists();
                    default -> new ExpectedVersion.Any();
                };
        // Every id is its client's: those that a store makes are different in each.
        EventId id = new EventId(0x7000L, Long.MIN_VALUE | random.nextLong() >>> 1);
        String name = random.nextInt(8) == 0 ? "new-" + id : "s-" + partitionId + "-" + stream;
        return NewEvents.event(name, id, expected, new byte[random.nextInt(1_500)]);
    }

    private static AppendResult stage(StoreOnDisk disk, Append append) throws IOException {
        BucketStore bucket = disk.bucket();
        while (true) {
            AppendResult result =
                    bucket.stage(
                            append.key(),
                            append.events(),
                            EventStore.ALONE_TERM,
                            /* nowMillis= */ 1_000);
            if (!(result instanceof AppendResult.Refused(Failure.MailboxFull _))) {
                return result;
            }
            disk.confirm(); // or the segment is never sealed
            Thread.onSpinWait();
        }
    }
}
