package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.version.ExpectedVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments end long before the largest size that they may have. */
class SegmentSizeTest {
    private static final int HALF_OF_A_SEGMENT = 17 << 20;
    private static final int MORE_THAN_A_SEGMENT = 34 << 20;

    private final StoreOptions options = StoreOptions.defaults().withPartitioning(1, 1);

    @TempDir Path directory;

    @Test
    void segment_isAsLargeAsUsualUnlessATransactionNeedsMore() throws IOException {
        List<Integer> sizes = List.of(HALF_OF_A_SEGMENT, HALF_OF_A_SEGMENT, MORE_THAN_A_SEGMENT, 1);
        List<Integer> segments = new ArrayList<>();
        try (EventStore store = EventStore.open(directory, options)) {
            for (int size : sizes) {
                assertThat(store.append(event(size))).isInstanceOf(AppendResult.Appended.class);
                segments.add(store.bucket(0).status().segments());
            }
        }
        assertThat(segments).containsExactly(1, 2, 3, 4);
        try (EventStore store = EventStore.open(directory, options)) {
            assertThat(store.recoveryFindings(0)).isEmpty();
            List<Integer> found = new ArrayList<>();
            store.scanPartition(
                    0, 0, Long.MAX_VALUE, 10, event -> found.add(event.payloadLengthBytes()));
            assertThat(found).isEqualTo(sizes);
        }
    }

    private static NewEvent event(int payloadBytes) {
        return new NewEvent(
                StreamId.of("large"),
                new byte[] {'E'},
                null,
                new ExpectedVersion.Any(),
                NewEvent.NOW,
                new byte[payloadBytes],
                new byte[0]);
    }
}
