package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.check.Damage;
import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FileDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a store as tools see them, which never open it. */
final class StoreFilesTest {
    private StoreOnDisk disk;

    @BeforeEach
    void fillTwoSegments() throws IOException {
        disk = new StoreOnDisk(2);
        disk.append(0, "first");
        while (disk.bucket().status().segments() < 2) {
            disk.append(1, "x".repeat(20_000));
        }
        disk.append(0, "a");
        disk.append(0, "b");
        disk.append(0, "c");
        disk.awaitIndexes();
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private StoreFiles files() throws IOException {
        return StoreFiles.open(disk.disk());
    }

    /** What a walk came to. */
    private record Walk(List<Long> frames, List<Damage> damages, long end, boolean tornTail) {}

    private Walk walk(int segmentNumber) throws IOException {
        StoreFiles files = files();
        return walk(files, files.segments(0).get(segmentNumber));
    }

    private static Walk walk(StoreFiles files, SegmentFile segment) throws IOException {
        List<Long> frames = new ArrayList<>();
        List<Damage> damages = new ArrayList<>();
        try (FrameScan scan = files.scan(segment)) {
            while (true) {
                switch (scan.next()) {
                    case FRAME -> frames.add(scan.frame().fileOffset());
                    case DAMAGE -> damages.add(scan.damage());
                    case END -> {
                        return new Walk(frames, damages, scan.fileOffset(), scan.hasTornTail());
                    }
                }
            }
        }
    }

    private List<Long> starts(int segmentNumber) throws IOException {
        return disk.frames(segmentNumber).stream().map(Frame::start).toList();
    }

    @Test
    void segments_areListedWithTheirFiles() throws IOException {
        List<SegmentFile> segments = files().segments(0);

        assertThat(segments).extracting(SegmentFile::kind).containsExactly(Kind.SEALED, Kind.OPEN);
        assertThat(segments.getFirst().dataEnd()).isEqualTo(disk.frames(0).getLast().end());
        assertThat(segments.getFirst().indexFiles()).hasSize(3);
        assertThat(segments.getLast().indexFiles()).isEmpty();
    }

    @Test
    void segmentWithoutBeginning_isNotTheOpenOne() throws IOException {
        disk.shutDown();
        disk.disk().createDirectories("buckets/00000/segments/0000000002");
        disk.disk().create("buckets/00000/segments/0000000002/data.evts").close();

        assertThat(files().segments(0))
                .extracting(SegmentFile::kind)
                .containsExactly(Kind.SEALED, Kind.OPEN, Kind.NOT_BEGUN);
        disk.start();
    }

    @Test
    void missingSegment_hasItsPlaceInTheList() throws IOException {
        disk.shutDown();
        disk.disk().delete(StoreOnDisk.dataFile(0));

        assertThat(files().segments(0))
                .extracting(SegmentFile::kind)
                .containsExactly(Kind.MISSING, Kind.OPEN);
    }

    @Test
    void walk_meetsEveryFrame() throws IOException {
        for (int segment = 0; segment < 2; segment++) {
            Walk walk = walk(segment);
            assertThat(walk.frames()).isEqualTo(starts(segment));
            assertThat(walk.damages()).isEmpty();
            assertThat(walk.tornTail()).isFalse();
        }
    }

    @Test
    void damageInASealedSegment_isNamed() throws IOException {
        disk.shutDown();
        List<Long> before = starts(0);
        Frame lost = disk.entry(0, 1);
        disk.flip(0, lost.end() - 20);
        Walk walk = walk(0);

        assertThat(walk.frames()).isEqualTo(without(before, lost));
        assertThat(walk.damages())
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.start()).isEqualTo(lost.start());
                    assertThat(damage.end()).isEqualTo(lost.end());
                    assertThat(damage.problem()).contains("data.evts at offset " + lost.start());
                    assertThat(damage.header()).extracting(LostFrame::partitionId).isEqualTo(1);
                });
        disk.start();
    }

    @Test
    void damagedHeader_losesOnlyItsFrame() throws IOException {
        disk.shutDown();
        List<Long> before = starts(1);
        Frame lost = disk.entry(1, 1);
        disk.flip(1, lost.start() + 12);
        Walk walk = walk(1);

        assertThat(walk.frames()).isEqualTo(without(before, lost));
        assertThat(walk.damages()).extracting(Damage::header).containsOnlyNulls().hasSize(1);
        disk.start();
    }

    private static List<Long> without(List<Long> starts, Frame frame) {
        return starts.stream().filter(start -> start != frame.start()).toList();
    }

    @Test
    void tornTail_isNoDamage() throws IOException {
        disk.kill();
        Frame last = disk.frames(1).getLast();
        disk.flip(1, last.start() + 12);
        Walk walk = walk(1);

        assertThat(walk.damages()).isEmpty();
        assertThat(walk.tornTail()).isTrue();
        assertThat(walk.end()).isEqualTo(last.start());
        disk.start();
    }

    @ParameterizedTest(name = "{0} bytes of the last frame are left")
    @ValueSource(ints = {1, 50, 100})
    void fileThatEndsWithinAFrame_isDamage(int left) throws IOException {
        disk.kill();
        Frame last = disk.frames(1).getLast();
        try (DeviceFile file = disk.disk().open(StoreOnDisk.dataFile(1))) {
            file.setSize(last.start() + left);
        }
        Walk walk = walk(1);

        assertThat(walk.damages()).extracting(Damage::start).containsExactly(last.start());
        assertThat(walk.damages().getFirst().problem()).contains("was cut off");
        assertThat(walk.tornTail()).isFalse();
        disk.start();
    }

    /** The listing is older than the frames, the roll-over and the growth of the file. */
    @Test
    void walkOverWhatIsBeingWritten_findsNothingWrong() throws IOException {
        StoreFiles files = files();
        SegmentFile open = files.segments(0).getLast();
        try (FrameScan scan = files.scan(open)) {
            int frames = 0;
            Step step = scan.next();
            while (step == Step.FRAME) {
                frames++;
                if (frames < 300) {
                    disk.append(0, "y".repeat(2_000));
                }
                step = scan.next();
            }
            assertThat(step).isEqualTo(Step.END);
            assertThat(frames).isEqualTo(disk.frames(1).size());
        }
        assertThat(disk.bucket().status().segments()).isGreaterThan(2);
    }

    @Test
    void directoryWithoutStore_isRefused(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> StoreFiles.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(directory + " is no data directory", "meta.json");
        EventStore.open(directory, StoreOptions.defaults().withPartitioning(2, 1)).close();
        Files.delete(directory.resolve("meta.json"));
        assertThatThrownBy(() -> StoreFiles.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("meta.json is missing, but there are buckets beside it");
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> StoreFiles.open(missing))
                .isInstanceOf(IOException.class)
                .hasMessage(missing + ": there is no such directory");
        assertThat(missing).doesNotExist();
    }

    @Test
    void holder_isTheProcessThatHasTheStore(@TempDir Path directory) throws IOException {
        StoreOptions options = StoreOptions.defaults().withPartitioning(2, 1);
        EventStore.open(directory, options).close();
        try (StoreFiles files = StoreFiles.open(directory)) {
            assertThat(files.holder()).isEmpty();
            try (EventStore store = EventStore.open(directory, options)) {
                String self = String.valueOf(ProcessHandle.current().pid());
                assertThat(files.holder()).hasValue(self);
                assertThatThrownBy(files::lock).hasMessageContaining("in use by process " + self);
                assertThat(store.partitioning()).isEqualTo(files.partitioning());
            }
            files.lock();
        }
    }

    /** A file that is no multiple of a block, and one that holds a frame larger than the window. */
    @Test
    void readingPastTheCache_seesTheSame(@TempDir Path directory) throws IOException {
        try (EventStore store = EventStore.open(directory, StoreOptions.defaults())) {
            for (int i = 0; i < 5; i++) {
                store.append(NewEvents.event("s" + i, "z".repeat(1_500_000 * i)));
            }
        }
        try (StoreFiles files = StoreFiles.open(FileDevice.open(directory))) {
            for (int bucket = 0; bucket < 4; bucket++) {
                SegmentFile segment = files.segments(bucket).getFirst();
                try (FrameScan cached = files.scan(segment);
                        FrameScan uncached = files.scan(segment, true, _ -> {})) {
                    Step step;
                    do {
                        step = cached.next();
                        assertThat(uncached.next()).isEqualTo(step);
                        assertThat(uncached.fileOffset()).isEqualTo(cached.fileOffset());
                    } while (step == Step.FRAME);
                    assertThat(step).isEqualTo(Step.END);
                }
            }
        }
        assertThat(Files.exists(directory.resolve("LOCK"))).isTrue();
    }
}
