package io.sierra.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The frames that lie in the segments of a store, found without its indexes and its recovery. */
final class SegmentFrames {
    private static final int ALIGNMENT_BYTES = 8;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Device device;
    private final long storeSalt;

    /** A frame that verifies. */
    record Frame(long start, long end, FrameKind kind, int partitionId, long durableEnd) {}

    /** The frames of the store on a device, which has been opened at least once. */
    SegmentFrames(Device device) throws IOException {
        this.device = device;
        try (DeviceFile file = device.openForReading("meta.json")) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            MetaFile meta = JSON.readValue(bytes.array(), MetaFile.class);
            this.storeSalt = SegmentId.saltOf(meta.storeId());
        }
    }

    /** Segments of a bucket that have a file, from 0 on. */
    List<SegmentId> segments(int bucketId) throws IOException {
        List<SegmentId> segments = new ArrayList<>();
        while (true) {
            SegmentId next = new SegmentId(bucketId, segments.size(), storeSalt);
            if (!device.exists(next.dataFile())) {
                return segments;
            }
            segments.add(next);
        }
    }

    /** The valid frames of a segment, over damage too. */
    List<Frame> of(SegmentId segment) throws IOException {
        List<Frame> frames = new ArrayList<>();
        visit(
                segment,
                reader ->
                        frames.add(
                                new Frame(
                                        reader.fileOffset(),
                                        reader.nextFileOffset(),
                                        reader.kind(),
                                        reader.partitionId(),
                                        reader.durableEnd())));
        return frames;
    }

    /** Shows the reader at each valid frame of a segment, over damage too. */
    void visit(SegmentId segment, Consumer<FrameReader> visitor) throws IOException {
        try (DeviceFile file = device.openForReading(segment.dataFile());
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = file.map(0, file.size(), arena);
            FrameReader reader = new FrameReader(segment, "", data);
            long offset = SegmentHeader.LENGTH_BYTES;
            while (offset + ALIGNMENT_BYTES <= data.byteSize()) {
                if (data.get(ValueLayout.JAVA_LONG_UNALIGNED, offset) != 0
                        && reader.look(offset) == Verdict.VALID) {
                    visitor.accept(reader);
                    offset = reader.nextFileOffset();
                } else {
                    offset += ALIGNMENT_BYTES;
                }
            }
        }
    }
}
