package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The power goes at every single operation of sealing, merging and rebuilding. */
class IndexCrashTest {
    private static final int FAN_OUT = 2;
    private static final int TASKS = 8;

    static Stream<Arguments> survivals() {
        return Stream.of(
                Arguments.of(
                        "nothing",
                        (UnaryOperator<MemoryDevice>) MemoryDevice::crashLosingAllUnsynced),
                Arguments.of(
                        "all", (UnaryOperator<MemoryDevice>) MemoryDevice::crashKeepingAllUnsynced),
                Arguments.of("some", (UnaryOperator<MemoryDevice>) d -> d.crash(new Random(1))),
                Arguments.of("others", (UnaryOperator<MemoryDevice>) d -> d.crash(new Random(2))));
    }

    /**
     * The fourth segment is written, merged with the third, and that with the run of the others.
     */
    @ParameterizedTest(name = "{0} of the unsynced survives")
    @MethodSource("survivals")
    void answersSurviveACrashDuringSealAndMerge(String name, UnaryOperator<MemoryDevice> crash)
            throws IOException {
        boolean finished = false;
        for (int operations = 0; !finished; operations++) {
            MemoryDevice memory = new MemoryDevice();
            FaultyDevice device = new FaultyDevice(memory);
            IndexModel model = new IndexModel(new Random(operations), 15);
            IndexWorld world = IndexWorld.open(device, model, FAN_OUT);
            world.addSegments(3, 12);
            world.addEvents(12);

            device.faults().crashAfter(operations);
            world.rollOver();
            world.sealing.runAll(TASKS);
            runMerges(world);
            finished = !isDown(device);
            world.close();

            checkAfter(crash.apply(memory), model, 1);
        }
    }

    @ParameterizedTest(name = "{0} of the unsynced survives")
    @MethodSource("survivals")
    void answersSurviveACrashWhileWhatIsLostIsRebuilt(
            String name, UnaryOperator<MemoryDevice> crash) throws IOException {
        boolean finished = false;
        for (int operations = 0; !finished; operations++) {
            MemoryDevice memory = new MemoryDevice();
            IndexModel model = new IndexModel(new Random(operations), 15);
            try (IndexWorld world = IndexWorld.open(memory, model, FAN_OUT)) {
                world.addSegments(4, 12);
            }
            memory.delete(IndexWorld.BUCKET + "/runs/0000000000-0000000003/stream.sidx");
            memory.delete(IndexWorld.BUCKET + "/segments/0000000001/index.eidx");

            FaultyDevice device = new FaultyDevice(memory);
            device.faults().crashAfter(operations);
            try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
                runMerges(world);
                finished = !isDown(device);
            } catch (IOException | UncheckedIOException e) {
                assertThat(isDown(device)).as("%s", e).isTrue();
            }
            checkAfter(crash.apply(memory), model, 0);
        }
    }

    private static void runMerges(IndexWorld world) {
        world.merging.runAll(TASKS);
    }

    private static boolean isDown(FaultyDevice device) {
        try {
            device.list("");
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    /** All is answered, done, and in the end as if nothing had happened. */
    private static void checkAfter(MemoryDevice device, IndexModel model, int leastRuns)
            throws IOException {
        int before = model.replays();
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            // What was durable is still there: no more than one segment was being worked on.
            assertThat(world.index.status().runs()).isGreaterThanOrEqualTo(leastRuns);
            world.check();
            assertThat(model.replays() - before).isLessThanOrEqualTo(1);
            world.settle();
            world.check();
            assertThat(world.index.status().runs()).isEqualTo(1);
            assertThat(world.index.status().segmentTables()).isZero();
            assertThat(world.index.status().lastError()).isNull();
        }
        assertThat(device.list(IndexWorld.BUCKET + "/runs"))
                .containsExactly("0000000000-0000000003");
        for (String directory :
                new String[] {"runs/0000000000-0000000003", "segments/0000000003"}) {
            assertThat(device.list(IndexWorld.BUCKET + "/" + directory))
                    .containsExactly("index.eidx", "partition.pidx", "stream.sidx");
        }
        int replays = model.replays();
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.check();
            assertThat(model.replays()).isEqualTo(replays);
        }
    }
}
