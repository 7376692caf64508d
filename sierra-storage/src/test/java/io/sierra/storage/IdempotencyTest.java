package io.sierra.storage;

import static io.sierra.storage.NewEvents.event;
import static io.sierra.storage.NewEvents.id;
import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.bucket.BucketStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An event id that is stored already: the first answer again, or a conflict. */
final class IdempotencyTest {
    /** What lies between the first append and its repeat. */
    enum Between {
        NOTHING,
        CONFIRMATION,
        RESTART,
        SEALED_SEGMENT,
        MERGED_SEGMENTS
    }

    /** Appends in one batch until it has to be confirmed. */
    private static final class Batch implements AutoCloseable {
        private final StoreOnDisk disk;

        Batch() throws IOException {
            this.disk = new StoreOnDisk(2);
        }

        AppendResult append(PartitionKey key, NewEvent... events) {
            return bucket().stage(key, List.of(events), EventStore.ALONE_TERM, 1_000);
        }

        private BucketStore bucket() {
            return disk.bucket();
        }

        void pass(Between between) throws IOException {
            if (between == Between.NOTHING) {
                return;
            }
            confirm();
            switch (between) {
                case NOTHING, CONFIRMATION -> {}
                case RESTART -> disk.restart();
                case SEALED_SEGMENT -> rollOver(1);
                case MERGED_SEGMENTS -> rollOver(9);
            }
        }

        private void confirm() throws IOException {
            disk.confirm();
        }

        private void rollOver(int times) throws IOException {
            for (int segments = 2; segments <= times + 1; segments++) {
                while (bucket().status().segments() < segments) {
                    assertThat(append(key(1), event("filler", "x".repeat(60_000))))
                            .isInstanceOf(AppendResult.Appended.class);
                    confirm();
                }
                disk.awaitIndexes();
            }
        }

        long watermark(int partitionId) {
            return bucket().watermark(partitionId).end();
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }

    private static void assertConflict(
            AppendResult result, EventId id, String stream, long version) {
        assertThat(result).isInstanceOf(AppendResult.Refused.class);
        assertThat(((AppendResult.Refused) result).failure())
                .isEqualTo(new Failure.EventIdConflict(id, StreamId.of(stream), version));
    }

    @ParameterizedTest
    @EnumSource
    void singleEvent_givesTheFirstAnswerWhateverItExpects(Between between) throws IOException {
        try (Batch batch = new Batch()) {
            AppendResult first = batch.append(key(0), event("a", id(1), "x"));
            batch.append(key(0), event("a", id(2), "y"));
            batch.pass(between);
            for (ExpectedVersion expected :
                    List.of(
                            new ExpectedVersion.Any(),
                            new ExpectedVersion.Empty(),
                            new ExpectedVersion.Exactly(77))) {
                NewEvent repeat = with(event("a", id(1), "x"), expected, 555);
                assertThat(batch.append(key(0), repeat)).isEqualTo(first);
            }
            batch.confirm();
            assertThat(batch.watermark(0)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void singleEventWithOtherContent_isAConflict(Between between) throws IOException {
        try (Batch batch = new Batch()) {
            NewEvent event = event("a", id(1), "x");
            batch.append(key(0), event("a", id(9), "before"));
            batch.append(key(0), event);
            batch.pass(between);
            byte[] other = {1};
            List<NewEvent> different = new ArrayList<>();
            different.add(event("b", id(1), "x"));
            different.add(event("a", id(1), "y"));
            different.add(copy(event, other, event.payload(), event.metadata()));
            different.add(copy(event, event.name(), event.payload(), other));
            for (NewEvent conflicting : different) {
                assertConflict(batch.append(key(0), conflicting), id(1), "a", 1);
            }
            PartitionKey otherKey =
                    new PartitionKey(99, key(0).leastSignificantBits()); // in the same partition
            assertConflict(batch.append(otherKey, event), id(1), "a", 1);
            batch.confirm();
            assertThat(batch.watermark(0)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void transaction_isRepeatedAsAWholeOrConflicts(Between between) throws IOException {
        try (Batch batch = new Batch()) {
            NewEvent[] events = {event("a", id(1), "1"), event("b", "2"), event("a", id(3), "3")};
            AppendResult first = batch.append(key(0), events);
            batch.append(key(0), event("c", id(4), "4"));
            batch.pass(between);
            assertThat(batch.append(key(0), events)).isEqualTo(first);

            NewEvent fresh = event("d", id(5), "5");
            assertConflict(batch.append(key(0), events[0], events[1]), id(1), "a", 0);
            assertConflict(
                    batch.append(key(0), events[0], events[1], events[2], fresh), id(1), "a", 0);
            assertConflict(batch.append(key(0), events[2], events[1], events[0]), id(3), "a", 1);
            assertConflict(batch.append(key(0), fresh, event("c", id(4), "4")), id(4), "c", 0);
            assertConflict(batch.append(key(0), event("c", id(4), "4"), fresh), id(4), "c", 0);
            assertConflict(
                    batch.append(key(0), events[0], events[1], event("a", id(3), "other")),
                    id(1),
                    "a",
                    0);
            batch.confirm();
            assertThat(batch.watermark(0)).as("nothing of these was written").isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneEventOfATransaction_givesItsPartOfTheAnswer(Between between) throws IOException {
        try (Batch batch = new Batch()) {
            batch.append(key(0), event("z", "zero"));
            AppendResult.Appended first =
                    (AppendResult.Appended)
                            batch.append(key(0), event("a", id(1), "1"), event("a", id(2), "2"));
            batch.pass(between);
            assertThat(batch.append(key(0), event("a", id(2), "2")))
                    .isEqualTo(
                            new AppendResult.Appended(
                                    key(0), 0, 2, List.of(first.events().get(1))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sameIdInTwoPartitions_isTwoEvents(Between between) throws IOException {
        try (Batch batch = new Batch()) {
            AppendResult first = batch.append(key(0), event("a", id(1), "0"));
            AppendResult second = batch.append(key(1), event("a", id(1), "1"));
            assertThat(second).isInstanceOf(AppendResult.Appended.class);
            batch.pass(between);
            assertThat(batch.append(key(0), event("a", id(1), "0"))).isEqualTo(first);
            assertThat(batch.append(key(1), event("a", id(1), "1"))).isEqualTo(second);
            assertConflict(batch.append(key(0), event("a", id(1), "1")), id(1), "a", 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sameIdTwiceInOneTransaction_isRefused(Between between) throws IOException {
        try (Batch batch = new Batch()) {
            NewEvent stored = event("a", id(1), "1");
            batch.append(key(0), stored);
            batch.pass(between);
            for (NewEvent event : List.of(stored, event("a", id(2), "2"))) {
                AppendResult result = batch.append(key(0), event("c", "c"), event, event);
                assertThat(result).isInstanceOf(AppendResult.Refused.class);
                assertThat(((AppendResult.Refused) result).failure())
                        .isInstanceOf(Failure.InvalidArgument.class);
            }
            batch.confirm();
            assertThat(batch.watermark(0)).isEqualTo(1);
        }
    }

    private static NewEvent with(NewEvent event, ExpectedVersion expected, long timestampMillis) {
        return new NewEvent(
                event.streamId(),
                event.name(),
                event.id(),
                expected,
                timestampMillis,
                event.payload(),
                event.metadata());
    }

    private static NewEvent copy(NewEvent event, byte[] name, byte[] payload, byte[] metadata) {
        @Nullable EventId id = event.id();
        return new NewEvent(
                event.streamId(),
                name,
                id,
                event.expectedVersion(),
                event.timestampMillis(),
                payload,
                metadata);
    }
}
