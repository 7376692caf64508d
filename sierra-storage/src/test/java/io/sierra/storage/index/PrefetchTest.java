package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefetchTest {
    private static final int FAN_OUT = 2;

    private final IndexModel model = new IndexModel(new Random(5), 300);
    private final MemoryDevice device = new MemoryDevice();

    /** Runs, tables of one segment, segments that wait for their index, and an open one. */
    @Test
    void locations_areThoseOfTheLookUps() throws IOException {
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(7, 500);
            world.addEvents(500);
            world.rollOver();
            world.addEvents(500);
            assertThat(world.index.status().runs()).isEqualTo(2);
            assertThat(world.index.status().pendingSeals()).isEqualTo(1);
            model.checkPrefetch(world.index);
        }
    }

    /** The newest ones have a bit each; the others are asked one after the other. */
    @Test
    void moreTablesThanBits_areAllLookedInto() throws IOException {
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            for (int i = 0; i < Long.SIZE + 6; i++) {
                world.addEvents(30);
                world.rollOver();
                world.sealing.runAll(10); // and nothing is merged
            }
            assertThat(world.index.status().segmentTables()).isEqualTo(Long.SIZE + 6);
            model.checkPrefetch(world.index);
        }
    }

    @Test
    void emptyIndex_hasNoLocations() throws IOException {
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(2, 0);
            model.checkPrefetch(world.index);
        }
    }

    @Test
    void furtherLookUpsThanItHasRoomFor_areLeftOut() {
        Prefetch prefetch = new Prefetch(2);
        prefetch.addEvent(1, 1);
        prefetch.addPartition(1, 0);
        prefetch.addStream(1, 1, 0);
        assertThat(prefetch.count()).isEqualTo(2);
        prefetch.clear();
        assertThat(prefetch.count()).isZero();
    }

    /** Of others the frame tells the partition key, or whether it may be seen. */
    @Test
    void endOfAStreamWithItsDefaultPartitionKey_needsNoFrame() throws IOException {
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(2, 500);
            world.addEvents(100);
            model.checkStreamEnds(world.index, 2);
        }
    }

    /** It finds the damage and leaves it to the look-up, which repairs it. */
    @Test
    void badIndex_isLeftToTheLookUp() throws IOException {
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(1, 20_000);
        }
        String path = IndexWorld.BUCKET + "/segments/0000000000/index.eidx";
        device.flipBits(path, IndexBlock.LENGTH + 100, 1);
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            int replays = model.replays();
            Prefetch prefetch = model.wantAll(new ArrayList<>(), new ArrayList<>());
            world.index.prefetch(prefetch);
            assertThat(prefetch.places().isEmpty())
                    .as("nothing is left to be touched when it is mapped no more")
                    .isTrue();
            for (int n = 0; n < prefetch.count(); n++) {
                assertThat(prefetch.isLookedUp(n)).isFalse(); // which is not: there is none
            }
            assertThat(model.replays()).isEqualTo(replays);
            world.check();
            assertThat(model.replays()).isEqualTo(replays + 1);
            model.checkPrefetch(world.index);
        }
    }

    /** Places of two segments in turns, each of one to three cache lines. */
    @Test
    void everyLineOfEveryPlace_isRead() {
        MemorySegment ones = segmentOf((byte) 1);
        MemorySegment hundreds = segmentOf((byte) 100);
        TouchList places = new TouchList();
        int expected = 0;
        for (int i = 0; i < 200; i++) {
            int lines = 1 + i % 3;
            long start = 64L * (i % 7);
            places.add(i % 5 < 2 ? ones : hundreds, start + 1, start + 64L * lines);
            expected += lines * (i % 5 < 2 ? 1 : 100);
        }
        assertThat(places.sum()).isEqualTo(expected);
    }

    private static MemorySegment segmentOf(byte value) {
        byte[] bytes = new byte[1_000];
        Arrays.fill(bytes, value);
        return MemorySegment.ofArray(bytes);
    }

    @Test
    void places_beyondASegment_areLeftOut() {
        TouchList places = new TouchList();
        MemorySegment segment = MemorySegment.ofArray(new byte[100]);
        for (int i = -500; i < 500; i++) {
            places.add(segment, i, i + 130L);
        }
        places.add(MemorySegment.ofArray(new byte[0]), 0, 1);
        assertThat(places.isEmpty()).isFalse();
        places.touch(); // reads nothing outside
        assertThat(places.isEmpty()).isTrue();
    }
}
