package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.read.ReadAhead;
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

    /** The table that the fetch has met is replaced by a read, and its files are unmapped. */
    @Test
    void badIndex_isLeftToTheReadAndNotTouchedAgain() throws IOException {
        disk.shutDown();
        disk.disk().flipBits("buckets/00000/segments/0000000000/index.eidx", 70, 0xFF);
        disk.start();
        assertAnnouncedReadsGiveAll(disk.store().reader().readAhead());
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
