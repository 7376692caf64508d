package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.read.ReadAhead;
import io.sierra.storage.read.ReadHint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads that were announced give what they give without. */
final class ReadAheadTest {
    private static final int PARTITIONS = 2;
    private static final int EVENTS = 40;
    private static final String PAYLOAD = "x".repeat(9_000);

    private final List<EventId> ids = new ArrayList<>();
    private StoreOnDisk disk;

    @BeforeEach
    void fill() throws IOException {
        disk = new StoreOnDisk(PARTITIONS);
        for (int i = 0; i < EVENTS; i++) {
            ids.add(disk.append(i % PARTITIONS, PAYLOAD + i).events().getFirst().id());
        }
        disk.awaitIndexes();
        assertThat(disk.bucket().status().segments()).isGreaterThan(2);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private void announceAll(ReadAhead ahead) {
        ids.forEach(ahead::get);
        ahead.get(new EventId(1, 2));
        for (int id = 0; id < PARTITIONS; id++) {
            StreamId stream = StreamId.of("stream-" + id);
            ahead.streamVersion(stream, StoreOnDisk.key(id));
            ahead.scanStream(stream, StoreOnDisk.key(id), 3);
            ahead.scanPartition(id, 5);
            ahead.scanPartition(id, EVENTS);
        }
        ahead.fetch();
    }

    private void assertAllIsThere() throws IOException {
        for (int i = 0; i < EVENTS; i++) {
            String expected = StoredEvent.digest(NewEvents.utf8(PAYLOAD + i));
            List<String> found = new ArrayList<>();
            disk.store()
                    .reader()
                    .get(ids.get(i), event -> found.add(StoredEvent.of(event).payload()));
            assertThat(found).containsExactly(expected);
        }
        for (int id = 0; id < PARTITIONS; id++) {
            assertThat(disk.payloads(id)).hasSize(EVENTS / PARTITIONS);
        }
    }

    /** More than once, since what one fetch leaves behind would be met by the next. */
    private void assertAnnouncedReadsGiveAll(ReadAhead ahead) throws IOException {
        for (int round = 0; round < 3; round++) {
            announceAll(ahead);
            assertAllIsThere();
        }
    }

    @Test
    void announcedReads_giveWhatIsThere() throws IOException {
        assertAnnouncedReadsGiveAll(disk.store().reader().readAhead());
    }

    /** What was to be fetched then is not touched later, when it may be mapped no more. */
    @Test
    void fetchThatFails_isSilentAndTheNextOneWorks() throws IOException {
        disk.restart();
        ReadAhead ahead = disk.store().reader().readAhead();
        for (int nth = 1; nth <= 4; nth++) {
            disk.faults().failOnce(Operation.OPEN, nth);
            announceAll(ahead);
        }
        disk.faults().heal();
        assertAnnouncedReadsGiveAll(ahead);
    }

    private List<String> get(EventId id, ReadHint hint) throws IOException {
        List<String> payloads = new ArrayList<>();
        disk.store().reader().get(id, hint, event -> payloads.add(StoredEvent.of(event).payload()));
        return payloads;
    }

    private long watermark(int partitionId) {
        return disk.store().reader().watermark(partitionId);
    }

    private long version(int partitionId, long watermark, ReadHint hint) throws IOException {
        StreamId stream = StreamId.of("stream-" + partitionId);
        PartitionKey key = StoreOnDisk.key(partitionId);
        return disk.store().reader().streamVersion(stream, key, watermark, hint);
    }

    @Test
    void hints_leadToWhatThereIs() throws IOException {
        EventId unknown = new EventId(1, 2);
        ReadAhead ahead = disk.store().reader().readAhead();
        for (int i = 0; i < 3; i++) {
            ahead.get(ids.get(i)); // again and again, to show that hints are of the last fetch
            ahead.fetch();
        }
        ahead.get(ids.get(7));
        ahead.streamVersion(StreamId.of("stream-1"), StoreOnDisk.key(1));
        ahead.get(unknown);
        ahead.streamVersion(StreamId.of("unknown"), StoreOnDisk.key(1));
        ahead.fetch();

        assertThat(ahead.hint(0).known()).isTrue();
        assertThat(get(ids.get(7), ahead.hint(0)))
                .containsExactly(StoredEvent.digest(NewEvents.utf8(PAYLOAD + 7)));
        assertThat(version(1, watermark(1), ahead.hint(1))).isEqualTo(EVENTS / PARTITIONS - 1);
        assertThat(ahead.hint(2)).isEqualTo(ReadHint.NOTHING_THERE);
        assertThat(get(unknown, ahead.hint(2))).isEmpty();
        assertThat(ahead.hint(3)).isEqualTo(ReadHint.NOTHING_THERE);
        assertThat(ahead.hint(4)).as("nothing was announced").isEqualTo(ReadHint.NONE);
    }

    /** The indexes may know more by then than the watermark allows, or less than there is later. */
    @Test
    void hints_giveWhatAReadWithoutThemGives() throws IOException {
        long early = watermark(0);
        disk.append(0, PAYLOAD);
        long late = watermark(0);
        ReadAhead ahead = disk.store().reader().readAhead();
        ahead.streamVersion(StreamId.of("stream-0"), StoreOnDisk.key(0));
        ahead.get(ids.get(3));
        ahead.fetch();
        for (int i = 0; i < EVENTS; i++) {
            disk.append(0, PAYLOAD); // into segments that there were none of
        }
        disk.awaitIndexes();
        for (long watermark : List.of(early, late)) {
            assertThat(version(0, watermark, ahead.hint(0))).isEqualTo(watermark - 1);
            assertThat(version(0, watermark, ReadHint.NONE)).isEqualTo(watermark - 1);
        }
        assertThat(get(ids.get(3), ahead.hint(1))).hasSize(1);
    }

    /** Its key is known from the index: no frame is read if nothing was published meanwhile. */
    @Test
    void endOfAStreamWithItsDefaultKey_isReadUpToTheWatermark() throws IOException {
        StreamId stream = StreamId.of("of-its-own");
        PartitionKey key = stream.defaultPartitionKey();
        int partitionId = disk.store().partitioning().partitionOf(key);
        disk.append(key, List.of(event(stream)));
        long early = watermark(partitionId);
        disk.append(key, List.of(event(stream), event(stream)));
        long late = watermark(partitionId);
        for (int i = 0; i < EVENTS; i++) {
            disk.append(1 - partitionId, PAYLOAD); // until all of it is sealed
        }
        disk.restart();
        disk.awaitIndexes();

        disk.faults().failAt(Operation.OPEN, "data.evts");
        assertThat(version(stream, key, late)).isEqualTo(2);
        assertThat(version(stream, new PartitionKey(1, key.leastSignificantBits()), late))
                .as("of a stream with another key")
                .isEqualTo(-1);
        disk.faults().heal();
        assertThat(version(stream, key, early)).isZero();
    }

    private static NewEvent event(StreamId stream) {
        return NewEvents.event(stream.toString(), PAYLOAD);
    }

    private long version(StreamId stream, PartitionKey key, long watermark) throws IOException {
        return disk.store().reader().streamVersion(stream, key, watermark);
    }

    @Test
    void hintThatLeadsElsewhere_isNotTakenForTheEvent() throws IOException {
        ReadAhead ahead = disk.store().reader().readAhead();
        ahead.get(ids.get(3));
        ahead.fetch();
        assertThat(get(ids.get(4), ahead.hint(0)))
                .containsExactly(StoredEvent.digest(NewEvents.utf8(PAYLOAD + 4)));
    }

    @Test
    void partitionOutOfService_isAnnouncedInVain() throws IOException {
        disk.bucket().failPartition(0, "broken by a test");
        announceAll(disk.store().reader().readAhead());
        assertThat(disk.payloads(1)).hasSize(EVENTS / PARTITIONS);
    }

    @Test
    void closedStore_isAnnouncedInVain() throws IOException {
        ReadAhead ahead = disk.store().reader().readAhead();
        disk.shutDown();
        announceAll(ahead);
        disk.start();
    }
}
