package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.segment.FrameKind;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a walk over a segment reads does not grow with how much of it is damaged. */
final class ManyDamagedFramesTest {
    private static final int FRAMES = 400;
    private static final int PAYLOAD_BYTES = 10_000;

    @Test
    void openSegment_isReadAFewTimes() throws IOException {
        StoreOptions options =
                StoreOptions.defaults().withPartitioning(1, 1).withSegmentSizeBytes(8 << 20);
        try (StoreOnDisk disk = new StoreOnDisk(options)) {
            for (int i = 0; i < FRAMES; i++) {
                disk.append(0, "x".repeat(PAYLOAD_BYTES));
            }
            disk.bucket().noteDurableEnd();
            disk.kill();
            int damaged = 0;
            for (Frame frame : disk.frames(0)) {
                if (frame.kind() == FrameKind.EVENTS) {
                    disk.flip(0, frame.end() - 20);
                    damaged++;
                }
            }
            assertThat(damaged).isEqualTo(FRAMES);

            AtomicLong read = new AtomicLong();
            StoreFiles files = StoreFiles.open(disk.disk());
            SegmentFile segment = files.segments(0).getFirst();
            int found = 0;
            try (FrameScan scan = files.scan(segment, false, read::addAndGet)) {
                for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                    found += step == Step.DAMAGE ? 1 : 0;
                }
            }

            assertThat(found).isEqualTo(FRAMES);
            assertThat(read.get()).isLessThan(5 * segment.lengthBytes());
        }
    }
}
