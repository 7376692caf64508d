package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FrameLocationTest {

    @Test
    void pack_anything_isUnpacked() {
        for (int segment : new int[] {0, 1, 12_345, Integer.MAX_VALUE}) {
            for (long offset : new long[] {0, 8, 1L << 31, FrameLocation.FILE_OFFSET_END - 8}) {
                long location = FrameLocation.pack(segment, offset);
                assertThat(FrameLocation.segmentNumber(location)).isEqualTo(segment);
                assertThat(FrameLocation.fileOffset(location)).isEqualTo(offset);
                assertThat(location).isNotEqualTo(FrameLocation.NONE).isNotNegative();
            }
        }
        assertThat(FrameLocation.describe(FrameLocation.pack(3, 64))).isEqualTo("3@64");
    }

    @Test
    void pack_sortsAsFramesWereWritten() {
        assertThat(FrameLocation.pack(1, 0)).isGreaterThan(FrameLocation.pack(0, 1L << 34));
        assertThat(FrameLocation.pack(0, 16)).isGreaterThan(FrameLocation.pack(0, 8));
    }

    @Test
    void pack_offsetThatNoFrameHas_isRefused() {
        assertThatThrownBy(() -> FrameLocation.pack(0, 4))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
