package io.sierra.storage;

import static io.sierra.storage.NewEvents.event;
import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.CurrentVersion;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.segment.FrameEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is appended and what is refused; a refused transaction leaves nothing behind. */
final class VersionRulesTest {
    private StoreOnDisk disk;

    @BeforeEach
    void open() throws IOException {
        disk = new StoreOnDisk(2);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private AppendResult append(NewEvent... events) {
        return disk.store().append(key(0), List.of(events));
    }

    private Failure refused(NewEvent... events) throws IOException {
        List<String> before = disk.payloads(0);
        AppendResult result = append(events);
        assertThat(result).isInstanceOf(AppendResult.Refused.class);
        assertThat(disk.payloads(0)).as("nothing of it is written").isEqualTo(before);
        assertThat(disk.append(0, "next").firstPartitionSequence()).isEqualTo(before.size());
        disk.restart();
        assertThat(disk.payloads(0)).hasSize(before.size() + 1);
        return ((AppendResult.Refused) result).failure();
    }

    private static ExpectedVersion expected(String text) {
        return switch (text) {
            case "any" -> new ExpectedVersion.Any();
            case "exists" -> new ExpectedVersion.Exists();
            case "empty" -> new ExpectedVersion.Empty();
            default -> new ExpectedVersion.Exactly(Long.parseUnsignedLong(text));
        };
    }

    @ParameterizedTest(name = "expected {0}, {1} events: appended {2}")
    @CsvSource({
        "any,0,true",
        "any,1,true",
        "any,3,true",
        "exists,0,false",
        "exists,1,true",
        "exists,3,true",
        "empty,0,true",
        "empty,1,false",
        "empty,3,false",
        "0,0,false",
        "0,1,true",
        "0,3,false",
        "1,1,false",
        "2,3,true",
        "3,3,false",
        "18446744073709551615,0,false",
        "18446744073709551615,3,false"
    })
    void expectedVersion(String expectedVersion, int events, boolean isAppended)
            throws IOException {
        for (int i = 0; i < events; i++) {
            append(event("s", "x"));
        }
        NewEvent event = event("s", expected(expectedVersion));
        if (isAppended) {
            assertThat(append(event)).isInstanceOf(AppendResult.Appended.class);
        } else {
            assertThat(refused(event))
                    .isEqualTo(
                            new Failure.WrongExpectedVersion(
                                    StreamId.of("s"),
                                    key(0),
                                    expected(expectedVersion),
                                    new CurrentVersion(events - 1)));
        }
    }

    @Test
    void eventsOfOneStreamInATransaction_countOn() throws IOException {
        AppendResult result =
                append(
                        event("s", expected("empty")),
                        event("t", expected("any")),
                        event("s", expected("0")),
                        event("s", expected("exists")),
                        event("s", expected("2")));
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        assertThat(((AppendResult.Appended) result).events())
                .extracting(AppendedEvent::streamVersion)
                .containsExactly(0L, 0L, 1L, 2L, 3L);
        assertThat(refused(event("s", expected("3")), event("s", expected("3"))))
                .isEqualTo(
                        new Failure.WrongExpectedVersion(
                                StreamId.of("s"), key(0), expected("3"), new CurrentVersion(4)));
    }

    @Test
    void streamOfAnotherKeyInItsPartition_isRefused() throws IOException {
        append(event("s", "x"));
        PartitionKey other = new PartitionKey(77, key(0).leastSignificantBits());
        AppendResult result = disk.store().append(other, List.of(event("t", "x"), event("s", "x")));
        assertThat(result)
                .isEqualTo(
                        new AppendResult.Refused(new Failure.PartitionKeyConflict(key(0), other)));
        assertThat(disk.store().append(key(1), List.of(event("s", "x"))))
                .as("in another partition it is another stream")
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(disk.payloads(0)).hasSize(1);
    }

    /** Its key is known from the index and from no frame; what is refused is the same. */
    @Test
    void streamWithItsDefaultKey_refusesOthersToo() throws IOException {
        StreamId stream = StreamId.of("s");
        PartitionKey own = stream.defaultPartitionKey();
        PartitionKey other = new PartitionKey(77, own.leastSignificantBits());
        disk.append(own, List.of(event("s", "x")));
        for (int i = 0; i < 40; i++) {
            disk.append(0, "x".repeat(9_000)); // until it is in a sealed segment
        }
        disk.restart();
        disk.awaitIndexes();
        disk.faults().failAt(Operation.OPEN, "data.evts");
        assertThat(disk.store().append(other, List.of(event("s", "x"))))
                .isEqualTo(new AppendResult.Refused(new Failure.PartitionKeyConflict(own, other)));
        disk.faults().heal();
        disk.restart();
        assertThat(disk.append(own, List.of(event("s", "x"))).events())
                .extracting(AppendedEvent::streamVersion)
                .containsExactly(1L);
    }

    @Test
    void invalidEventBehindValidOnes_leavesNothing() throws IOException {
        NewEvent good = event("s", "good");
        byte[] longName = new byte[NewEvent.MAX_NAME_LENGTH_BYTES + 1];
        assertThat(refused(good, with(good, longName, 0)))
                .isInstanceOf(Failure.InvalidArgument.class);
        assertThat(append(good, with(good, Arrays.copyOf(longName, 255), 0)))
                .isInstanceOf(AppendResult.Appended.class);
        for (long millis : new long[] {-2, Long.MIN_VALUE, Long.MAX_VALUE / 1_000_000 + 1}) {
            assertThat(refused(good, with(good, good.name(), millis)))
                    .isInstanceOf(Failure.InvalidArgument.class);
        }
        assertThat(append(good, with(good, good.name(), Long.MAX_VALUE / 1_000_000)))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(refused()).isInstanceOf(Failure.InvalidArgument.class);
    }

    @Test
    void transactionThatNoSegmentHolds_isRefused_andTheLargestOneFits() throws IOException {
        StoreModel model =
                new StoreModel(disk.store().partitioning(), StoreOptions.MIN_SEGMENT_BYTES);
        int max = (int) model.maxTransactionBytes(0);
        int overhead = (int) FrameEncoder.lengthOf(List.of(event("s", "")));
        append(event("s", "first"));
        NewEvent largest = event("s", "x".repeat(max / 8 * 8 - overhead));
        NewEvent tooLarge = event("s", "x".repeat(max / 8 * 8 - overhead + 9));
        assertThat(refused(event("t", "t"), tooLarge))
                .isInstanceOf(Failure.TransactionTooLarge.class);
        assertThat(refused(tooLarge)).isInstanceOf(Failure.TransactionTooLarge.class);
        for (int i = 0; i < 3; i++) {
            assertThat(append(largest)).isInstanceOf(AppendResult.Appended.class);
        }
        List<String> payloads = new ArrayList<>(disk.payloads(0));
        assertThat(payloads).hasSize(6);
        disk.restart();
        assertThat(disk.payloads(0)).isEqualTo(payloads);
        assertThat(disk.bucket().status().segments()).isEqualTo(4);
    }

    private static NewEvent with(NewEvent event, byte[] name, long timestampMillis) {
        return new NewEvent(
                event.streamId(),
                name,
                null,
                event.expectedVersion(),
                timestampMillis,
                event.payload(),
                event.metadata());
    }
}
