import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Prints two medians in milliseconds of writing and syncing 4 KiB: within a file that has its length
 * already, and at the end of one that grows. The second also syncs the new length.
 *
 * <p>{@code java Fdatasync.java DIRECTORY COUNT}
 */
final class Fdatasync {
    private static final int BLOCK_BYTES = 4096;

    private Fdatasync() {}

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0], "fdatasync.tmp");
        int count = Integer.parseInt(args[1]);
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE, DELETE_ON_CLOSE)) {
            double grow = medianMillis(channel, count);
            double overwrite = medianMillis(channel, count);
            System.out.printf("%.3f %.3f%n", overwrite, grow);
        }
    }

    private static double medianMillis(FileChannel channel, int count) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            channel.write(block.clear(), (long) i * BLOCK_BYTES);
            channel.force(false);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[count / 2] / 1e6;
    }
}
