package io.sierra.storage.backup;

import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Copies the log of a segment from one device to another and looks at what arrived: its checksum,
 * and whether each frame in it verifies.
 */
public final class SegmentCopier {
    private static final int BLOCK_BYTES = 4_096;
    private static final int CHUNK_BYTES = 1 << 20;

    /** More would only say that the file is in ruins. */
    private static final int MAX_DAMAGES = 20;

    private final LongConsumer bytesRead;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    /**
     * A copier.
     *
     * @param bytesRead is told how much was read after each read, and may wait
     */
    public SegmentCopier(LongConsumer bytesRead) {
        this.bytesRead = bytesRead;
    }

    /**
     * What a file is.
     *
     * @param problems what could not be read, for people
     */
    public record Copied(String sha256, List<String> problems) {}

    /**
     * Copies the first bytes of a file into a new one, which is made durable but for its name. What
     * cannot be read is left zero and told.
     *
     * @throws IOException if there is no such file or the copy cannot be written
     */
    public Copied copy(DeviceFile source, long lengthBytes, Device target, String path)
            throws IOException {
        Sha256 sha = new Sha256();
        List<String> problems = new ArrayList<>();
        target.delete(path);
        try (DeviceFile copy = target.create(path)) {
            for (long offset = 0; offset < lengthBytes; offset += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, lengthBytes - offset);
                read(source, offset, length).ifPresent(problems::add);
                sha.add(chunk);
                copy.write(chunk, offset);
                bytesRead.accept(length);
            }
            copy.sync();
        }
        return new Copied(sha.hex(), problems);
    }

    /** The checksum of a file that is there already. */
    String checksum(DeviceFile file) throws IOException {
        Sha256 sha = new Sha256();
        long end = file.size();
        for (long offset = 0; offset < end; offset += CHUNK_BYTES) {
            chunk.clear().limit((int) Math.min(CHUNK_BYTES, end - offset));
            file.read(chunk, offset);
            sha.add(chunk.flip());
        }
        return sha.hex();
    }

    /** Fills the chunk; what is wrong if not all could be read. */
    private Optional<String> read(DeviceFile source, long offset, int length) {
        chunk.clear().limit(length);
        try {
            if (source.read(chunk, offset) == length) {
                chunk.flip();
                return Optional.empty();
            }
            String ended = source.name() + " has only " + source.size() + " bytes";
            return Optional.of(readBlocks(source, offset, length, ended));
        } catch (IOException e) {
            return Optional.of(readBlocks(source, offset, length, String.valueOf(e.getMessage())));
        }
    }

    /** Block by block, as something among them cannot be read; the first problem. */
    private String readBlocks(DeviceFile source, long offset, int length, String unexplained) {
        String problem = "";
        for (int at = 0; at < length; at += BLOCK_BYTES) {
            int count = Math.min(BLOCK_BYTES, length - at);
            ByteBuffer block = chunk.slice(at, count);
            try {
                source.read(block, offset + at);
            } catch (IOException e) {
                block.clear();
                problem = problem.isEmpty() ? String.valueOf(e.getMessage()) : problem;
            }
            block.put(new byte[block.remaining()]);
        }
        chunk.position(0).limit(length);
        return problem.isEmpty() ? unexplained : problem;
    }

    /**
     * What does not verify in a copy.
     *
     * @param name of the file that it is a copy of, for people
     * @param lengthBytes exclusive end of the frames
     */
    static List<String> verify(
            Device device, String path, SegmentId segment, String name, long lengthBytes)
            throws IOException {
        List<String> damages = new ArrayList<>();
        checkHeader(device, path, segment, name).ifPresent(damages::add);
        try (FrameScan scan =
                FrameScan.of(device.openForReading(path), segment, name, lengthBytes)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.DAMAGE && damages.size() < MAX_DAMAGES) {
                    damages.add(scan.damage().problem());
                }
            }
        }
        return damages;
    }

    private static Optional<String> checkHeader(
            Device device, String path, SegmentId segment, String name) throws IOException {
        try (DeviceFile file = device.openForReading(path)) {
            ByteBuffer head = ByteBuffer.allocate(SegmentHeader.LENGTH_BYTES);
            file.read(head, 0);
            SegmentHeader.decode(head, segment, name);
            return Optional.empty();
        } catch (CorruptSegmentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
