package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Index files that are missing, short, rotten or of another segment. */
class IndexDamageTest {
    private static final int FAN_OUT = 2;
    private static final int SEGMENTS = 7;

    /** What may happen to a file. */
    enum Damage {
        DELETED {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.delete(path);
            }
        },
        EMPTY {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                cut(device, path, 0);
            }
        },
        SHORT {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                cut(device, path, 192);
            }
        },
        LONG {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                cut(device, path, 4096);
            }
        },
        OTHER_MAGIC {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.flipBits(path, IndexFileHeader.MAGIC_OFFSET, 1);
            }
        },
        OTHER_VERSION {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.flipBits(path, IndexFileHeader.VERSION_OFFSET, 2);
            }
        },
        HUGE_COUNT {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.flipBits(path, IndexFileHeader.ENTRY_COUNT_OFFSET + 6L, 0x7F);
            }
        },
        NEGATIVE_COUNT {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.flipBits(path, IndexFileHeader.FILTER_LINE_COUNT_OFFSET + 7L, 0x80);
            }
        },
        ROTTEN_FILTER {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.flipBits(path, IndexFileHeader.LENGTH + 5L, 0xFF);
            }
        },
        ROTTEN_ENTRY {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                device.flipBits(path, header(device, path).entriesOffset() + 9, 4);
            }
        },
        /** Events have none: there it is their last entry. */
        ROTTEN_POSTING {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                IndexFileHeader header = header(device, path);
                long end =
                        header.postingCount() > 0
                                ? header.postingsOffset() + header.postingCount() * Integer.BYTES
                                : header.entriesOffset() + header.entryCount() * EventEntry.LENGTH;
                device.flipBits(path, end - 1, 4);
            }
        },
        OF_ANOTHER_SEGMENT {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                String other = path.replaceAll("/segments/\\d+/", "/segments/0000000006/");
                if (other.equals(path))
                    other = path.replaceAll("/segments/\\d+/", "/segments/0000000000/");
                String from = other.replaceAll("/runs/[^/]+/", "/segments/0000000002/");
                copy(device, from, path);
            }
        },
        ALL_ZERO {
            @Override
            void apply(MemoryDevice device, String path) throws IOException {
                try (DeviceFile file = device.open(path)) {
                    file.write(ByteBuffer.allocate((int) file.size()), 0);
                }
            }
        };

        abstract void apply(MemoryDevice device, String path) throws IOException;

        /** All is in the first block. */
        private static IndexFileHeader header(MemoryDevice device, String path) throws IOException {
            IndexKind kind =
                    Stream.of(IndexKind.values())
                            .filter(k -> path.endsWith(k.fileName()))
                            .findAny()
                            .orElseThrow();
            MemorySegment bytes = MemorySegment.ofArray(AtomicFile.read(device, path));
            return IndexFileHeader.decode(new IndexFileId("", kind, 0, 0), bytes);
        }

        private static void cut(MemoryDevice device, String path, long length) throws IOException {
            try (DeviceFile file = device.open(path)) {
                file.setSize(length);
            }
        }

        private static void copy(MemoryDevice device, String from, String to) throws IOException {
            ByteBuffer bytes;
            try (DeviceFile file = device.openForReading(from)) {
                bytes = ByteBuffer.allocate((int) file.size());
                file.read(bytes, 0);
            }
            device.delete(to);
            try (DeviceFile file = device.create(to)) {
                file.write(bytes.flip(), 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void damageWhileDown_toAnyFile_isRepaired(Damage damage) throws IOException {
        for (int n = 0; n < files(settledDevice(model())).size(); n++) {
            IndexModel model = model();
            MemoryDevice device = settledDevice(model);
            String path = files(device).get(n);
            damage.apply(device, path);
            try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
                world.check();
                world.settle();
                world.check();
                assertThat(world.index.status().runs()).as(path).isEqualTo(2);
            }
            int replays = model.replays();
            try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
                world.check();
            }
            assertThat(model.replays()).as(path).isEqualTo(replays);
        }
    }

    /** Nobody needs the files of merged segments until a run has to be made again. */
    @ParameterizedTest
    @EnumSource
    void damageWhileUp_toAMergedSegment_isRepairedWithItsRun(Damage damage) throws IOException {
        for (String name : List.of("index.eidx", "stream.sidx", "partition.pidx")) {
            IndexModel model = model();
            MemoryDevice device = settledDevice(model);
            try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
                damage.apply(device, IndexWorld.BUCKET + "/segments/0000000001/" + name);
                world.check();
                assertThat(model.replays()).isZero();
                world.index.rebuild(0, 3);
                world.check();
                assertThat(model.replays()).isEqualTo(1);
                assertThat(world.index.status().rebuilds()).isEqualTo(1);
            }
        }
    }

    @Test
    void allFilesGone_areRebuilt() throws IOException {
        IndexModel model = model();
        MemoryDevice device = settledDevice(model);
        for (String path : files(device)) device.delete(path);
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            assertThat(model.replays()).isEqualTo(SEGMENTS);
            world.check();
            world.settle();
            world.check();
        }
    }

    @Test
    void indexOfOtherData_isRebuilt() throws IOException {
        IndexModel model = model();
        MemoryDevice device = new MemoryDevice();
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(1, 20);
        }
        // As if the segment's data had grown after the index was made.
        IndexModel grown = new IndexModel(new Random(5), 5);
        grown.beginSegment();
        for (int i = 0; i < 21; i++) grown.addEvent();
        grown.beginSegment();
        try (IndexWorld world = IndexWorld.open(device, grown, FAN_OUT)) {
            world.check();
            assertThat(grown.replays()).isEqualTo(1);
        }
    }

    /** A block is verified when it is first used: opening does not find the damage, using does. */
    @ParameterizedTest
    @EnumSource(names = {"EVENT", "PARTITION", "STREAM"})
    void rottenBlockInTheMiddle_isFoundByTheQueryThatNeedsIt(IndexKind kind) throws IOException {
        IndexModel model = new IndexModel(new Random(3), 4_000);
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(1, 40_000);
        }
        String path = IndexWorld.BUCKET + "/segments/0000000000/" + kind.fileName();
        device.flipBits(path, 2L * IndexBlock.LENGTH + 4_000, 1);
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            assertThat(model.replays()).isZero();
            world.check();
            assertThat(model.replays()).isEqualTo(1);
            world.check();
            assertThat(model.replays()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVENT", "STREAM"})
    void rottenBlockInARun_givesWayToItsSegmentsAndIsMergedAgain(IndexKind kind)
            throws IOException {
        IndexModel model = new IndexModel(new Random(3), 10_000);
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(2, 20_000);
        }
        String path = IndexWorld.BUCKET + "/runs/0000000000-0000000001/" + kind.fileName();
        device.flipBits(path, IndexBlock.LENGTH + 60_000, 1);
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            assertThat(world.index.status().runs()).isEqualTo(1);
            world.check();
            assertThat(world.index.status().runs()).isZero();
            assertThat(world.index.status().segmentTables()).isEqualTo(2);
            world.settle();
            assertThat(world.index.status().runs()).isEqualTo(1);
            world.check();
            assertThat(model.replays()).isZero();
        }
    }

    @Test
    void rottenInputOfAMerge_isRebuiltAndMerged() throws IOException {
        IndexModel model = new IndexModel(new Random(3), 10);
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(1, 10_000);
            world.addEvents(10);
            world.rollOver();
        }
        String path = IndexWorld.BUCKET + "/segments/0000000000/index.eidx";
        device.flipBits(path, IndexBlock.LENGTH + 1_000, 1);
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            int replays = model.replays();
            world.settle();
            assertThat(world.index.status().runs()).isEqualTo(1);
            assertThat(model.replays()).isEqualTo(replays + 1);
            world.check();
        }
    }

    /** A copy has a checksum of its own, so a block is looked at again before it is copied. */
    @ParameterizedTest
    @EnumSource(names = {"EVENT", "STREAM"})
    void inputOfAMergeThatHasGoneBadSinceItWasVerified_isNotCopied(IndexKind kind)
            throws IOException {
        IndexModel model = new IndexModel(new Random(3), 10_000);
        MemoryDevice device = new MemoryDevice();
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(1, 20_000);
            world.check();
            String path = IndexWorld.BUCKET + "/segments/0000000000/" + kind.fileName();
            device.flipBits(path, IndexBlock.LENGTH + 60_000, 1);
            world.addSegments(1, 20_000);
            assertThat(world.index.status().runs()).isEqualTo(1);
            assertThat(model.replays()).isEqualTo(1);
            world.check();
        }
    }

    private static IndexModel model() {
        return new IndexModel(new Random(5), 15);
    }

    /** The first look-up fails, with the disk; by then the files of the run are gone. */
    @Test
    void badRunThatCouldNotBeDeletedDurably_isReplacedByTheNextLookUp() throws IOException {
        IndexModel model = new IndexModel(new Random(3), 10_000);
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(2, 20_000);
        }
        String path = IndexWorld.BUCKET + "/runs/0000000000-0000000001/stream.sidx";
        device.flipBits(path, IndexBlock.LENGTH + 60_000, 1);
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            device.faults().failOnce(Operation.SYNC_DIRECTORY, 2);
            assertThatThrownBy(world::check).isInstanceOf(IOException.class);
            world.check();
            assertThat(world.index.status().runs()).isZero();
        }
    }

    private static MemoryDevice settledDevice(IndexModel model) throws IOException {
        MemoryDevice device = new MemoryDevice();
        try (IndexWorld world = IndexWorld.open(device, model, FAN_OUT)) {
            world.addSegments(SEGMENTS, 12);
        }
        return device;
    }

    private static List<String> files(MemoryDevice device) throws IOException {
        List<String> paths = new ArrayList<>();
        for (String parent : List.of("segments", "runs")) {
            String directory = IndexWorld.BUCKET + "/" + parent;
            for (String child : device.list(directory)) {
                for (String name : device.list(directory + "/" + child)) {
                    paths.add(directory + "/" + child + "/" + name);
                }
            }
        }
        return paths;
    }
}
