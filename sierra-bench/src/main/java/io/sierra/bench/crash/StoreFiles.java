package io.sierra.bench.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The files of one bucket of a store that no server has open, and what can happen to them. */
final class StoreFiles {
    private static final int BLOCK_BYTES = 4_096;

    /** The last frame of a store that was closed has nothing but a header, which ends in zeros. */
    private static final int FRAME_HEADER_BYTES = 104;

    private final Path data;
    private final Path bucket;
    private final SplittableRandom random;

    StoreFiles(Path data, int bucketId, SplittableRandom random) {
        this.data = data;
        this.bucket = data.resolve("buckets/%05d".formatted(bucketId));
        this.random = random;
    }

    Path file(String name) {
        return data.resolve(name);
    }

    /** Data files, the open one last. */
    List<Path> segments() throws IOException {
        try (Stream<Path> paths = Files.list(bucket.resolve("segments"))) {
            return paths.sorted().map(segment -> segment.resolve("data.evts")).toList();
        }
    }

    Path openSegment() throws IOException {
        return segments().getLast();
    }

    /** One in the middle. */
    Path sealedSegment() throws IOException {
        return segments().get(segments().size() / 2);
    }

    /** The indexes of sealed segments and the merged ones. */
    List<Path> indexes() throws IOException {
        return Directories.list(bucket).stream()
                .filter(path -> path.toString().endsWith("idx"))
                .toList();
    }

    Path anyIndex() throws IOException {
        List<Path> indexes = indexes();
        return indexes.get(random.nextInt(indexes.size()));
    }

    void deleteIndexes() throws IOException {
        for (Path index : indexes()) {
            Files.delete(index);
        }
    }

    /** Flips a bit somewhere in the middle of what a file holds. */
    void flipBit(Path file) throws IOException {
        long end = contentEnd(file);
        flipBitAt(file, end / 4 + random.nextLong(Math.max(1, end / 2)));
    }

    void flipBitAt(Path file, long offset) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(offset);
            int value = access.read();
            access.seek(offset);
            access.write(value ^ 1 << random.nextInt(8));
        }
    }

    void overwriteSome(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(contentEnd(file) / 2);
            access.write(new byte[Math.min(BLOCK_BYTES, (int) (contentEnd(file) / 4))]);
        }
    }

    /** Cuts a file in the middle of what it holds. */
    void truncate(Path file) throws IOException {
        truncateTo(file, contentEnd(file) / 2);
    }

    void truncateTo(Path file, long lengthBytes) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(lengthBytes);
        }
    }

    void writeBehindEnd(Path file) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.seek(framesEnd(file) + 16);
            access.write(rubbish(300));
        }
    }

    byte[] rubbish(int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        random.nextBytes(bytes);
        return bytes;
    }

    /** An offset behind the last frame, but not far. */
    static long framesEnd(Path file) throws IOException {
        return (contentEnd(file) + FRAME_HEADER_BYTES + Long.BYTES - 1) & -Long.BYTES;
    }

    /** Exclusive end of a file without the zeros behind it. */
    private static long contentEnd(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
