package io.sierra.storage;

import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages index files of a store that is not open: whatever is done, all can be made again. */
final class IndexMischief {
    private final RandomGenerator random;

    IndexMischief(RandomGenerator random) {
        this.random = random;
    }

    /** Deletes, cuts, fills, flips or swaps some files; says what it did. */
    List<String> play(MemoryDevice disk, int bucketCount) throws IOException {
        List<String> files = indexFiles(disk, bucketCount);
        List<String> done = new ArrayList<>();
        if (files.isEmpty()) {
            return done;
        }
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            String file = files.get(random.nextInt(files.size()));
            String other = files.get(random.nextInt(files.size()));
            if (disk.exists(file)) {
                done.add(damage(disk, file, other));
            }
        }
        return done;
    }

    private String damage(MemoryDevice disk, String file, String other) throws IOException {
        switch (random.nextInt(5)) {
            case 0 -> {
                disk.delete(file);
                return "deleted " + file;
            }
            case 1 -> {
                if (!disk.exists(other)) {
                    return "left " + file;
                }
                swap(disk, file, other);
                return "swapped " + file + " with " + other;
            }
            case 2 -> {
                int bytes = random.nextInt((int) sizeOf(disk, file) + 1);
                try (DeviceFile open = disk.open(file)) {
                    open.setSize(bytes);
                    open.sync();
                }
                return "cut " + file + " to " + bytes;
            }
            case 3 -> {
                int size = (int) sizeOf(disk, file);
                try (DeviceFile open = disk.open(file)) {
                    open.write(ByteBuffer.allocate(size), 0);
                    open.sync();
                }
                return "zeroed " + file;
            }
            default -> {
                long size = sizeOf(disk, file);
                if (size > 0) {
                    disk.flipBits(file, random.nextLong(size), 1 << random.nextInt(8));
                }
                return "flipped a bit of " + file;
            }
        }
    }

    private static void swap(MemoryDevice disk, String file, String other) throws IOException {
        String aside = "swap.tmp";
        disk.rename(file, aside);
        if (!file.equals(other)) {
            disk.rename(other, file);
        }
        disk.rename(aside, other);
    }

    private static long sizeOf(MemoryDevice disk, String file) throws IOException {
        try (DeviceFile open = disk.openForReading(file)) {
            return open.size();
        }
    }

    private static List<String> indexFiles(MemoryDevice disk, int bucketCount) throws IOException {
        List<String> files = new ArrayList<>();
        for (int bucketId = 0; bucketId < bucketCount; bucketId++) {
            for (String parent :
                    List.of(
                            SegmentId.segmentsDirectory(bucketId),
                            SegmentId.bucketDirectory(bucketId) + "/runs")) {
                for (String directory : disk.list(parent)) {
                    for (String name : disk.list(parent + "/" + directory)) {
                        if (name.endsWith("idx")) {
                            files.add(parent + "/" + directory + "/" + name);
                        }
                    }
                }
            }
        }
        return files;
    }
}
