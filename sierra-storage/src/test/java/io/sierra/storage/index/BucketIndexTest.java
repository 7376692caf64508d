package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BucketIndexTest {
    private static final int FAN_OUT = 2;

    static LongStream seeds() {
        return TestSeeds.of(12);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void answersAsTheModelThroughSealsMergesAndCrashes(long seed) throws IOException {
        Random random = new Random(seed);
        checkThroughSealsMergesAndCrashes(new IndexModel(random, 60), random);
    }

    /** Streams and partitions are in pieces then, in one table and over several. */
    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void answersAsTheModelIfEventsAreLost(long seed) throws IOException {
        Random random = new Random(seed);
        checkThroughSealsMergesAndCrashes(IndexModel.withLosses(random, 20), random);
    }

    private static void checkThroughSealsMergesAndCrashes(IndexModel model, Random random)
            throws IOException {
        MemoryDevice device = new MemoryDevice();
        IndexWorld world = IndexWorld.open(device, model, 2 + random.nextInt(3));
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> world.addEvents(random.nextInt(60));
                case 3 -> world.rollOver();
                case 4 -> world.sealing.runOne();
                case 5 -> world.merging.runOne();
                case 6 -> world.settle();
                default -> {
                    world.close();
                    device = device.crash(random);
                    world = IndexWorld.open(device, model, 2 + random.nextInt(3));
                }
            }
            if (step % 6 == 0) world.check();
        }
        world.settle();
        world.check();
        world.close();
    }

    @Test
    void seal_dropsTheIndexInMemoryOnlyOnceItsFilesAreThere() throws IOException {
        try (IndexWorld world = IndexWorld.open(new MemoryDevice(), model(), FAN_OUT)) {
            world.addEvents(10);
            world.rollOver();
            assertThat(world.index.status().pendingSeals()).isEqualTo(1);
            assertThat(world.index.status().openIndexes()).isEqualTo(2);
            world.check();
            world.settle();
            assertThat(world.index.status().pendingSeals()).isZero();
            assertThat(world.index.status().openIndexes()).isEqualTo(1);
            assertThat(world.index.status().segmentTables()).isEqualTo(1);
            world.check();
        }
    }

    @Test
    void open_afterCleanEnd_readsNoFrames() throws IOException {
        MemoryDevice device = new MemoryDevice();
        IndexModel model = model();
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(7, 20);
        }
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            assertThat(world.index.status().runs()).isEqualTo(2);
            assertThat(world.index.status().segmentTables()).isEqualTo(1);
            world.check();
            assertThat(model.replays()).isZero();
        }
    }

    @Test
    void seal_onFullDisk_isKeptInMemoryAndDoneWhenThereIsRoom() throws IOException {
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        try (IndexWorld world = IndexWorld.open(device, model(), FAN_OUT)) {
            world.addEvents(30);
            device.faults().setUsableBytes(100);
            world.rollOver();
            assertThat(world.sealing.runOne()).isTrue();
            assertThat(world.index.status().pendingSeals()).isEqualTo(1);
            assertThat(world.index.status().lastError())
                    .contains("sealing of " + IndexWorld.BUCKET);
            assertThat(world.sealing.lastDelayMillis()).isEqualTo(10);
            assertThat(world.sealing.runOne()).isTrue();
            assertThat(world.sealing.lastDelayMillis()).isEqualTo(20);
            world.check();

            device.faults().heal();
            world.settle();
            assertThat(world.index.status().pendingSeals()).isZero();
            assertThat(world.index.status().lastError()).isNull();
            world.check();
        }
    }

    @Test
    void merge_thatFails_isTriedAgain() throws IOException {
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        try (IndexWorld world = IndexWorld.open(device, model(), FAN_OUT)) {
            world.addEvents(30);
            world.rollOver();
            world.addEvents(30);
            world.rollOver();
            world.sealing.runAll(10);
            device.faults().failOnce(Operation.RENAME, 2);
            world.merging.runOne();
            assertThat(world.index.status().runs()).isZero();
            assertThat(world.index.status().lastError()).contains("merging of");
            world.check();
            world.settle();
            assertThat(world.index.status().runs()).isEqualTo(1);
            assertThat(world.index.status().lastError()).isNull();
            world.check();
        }
    }

    @Test
    void beginSegment_notTheNext_isRefused() throws IOException {
        try (IndexWorld world = IndexWorld.open(new MemoryDevice(), model(), FAN_OUT)) {
            assertThatThrownBy(() -> world.index.beginSegment(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected 1");
        }
    }

    @Test
    void lookUp_afterClose_fails() throws IOException {
        IndexWorld world = IndexWorld.open(new MemoryDevice(), model(), FAN_OUT);
        world.close();
        world.close();
        assertThatThrownBy(() -> world.index.lastSequence(0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void findEvent_taken_endsTheSearch() throws IOException {
        try (IndexWorld world = IndexWorld.open(new MemoryDevice(), model(), FAN_OUT)) {
            IndexedEvent event = world.model.addEvent();
            int[] calls = {0};
            OpenIndex extra = world.index.beginSegment(1);
            extra.event(9, 0, 1, 1, 0, false, event.idHigh(), event.idLow(), 8);
            extra.event(8, 0, 1, 2, 0, false, event.idHigh(), event.idLow(), 16);
            boolean found =
                    world.index.findEvent(
                            event.idHigh(),
                            event.idLow(),
                            location -> {
                                calls[0]++;
                                return FrameLocation.fileOffset(location) == 16;
                            });
            assertThat(found).isTrue();
            assertThat(calls[0]).isEqualTo(1);
        }
    }

    private static IndexModel model() {
        return new IndexModel(new Random(1), 20);
    }
}
