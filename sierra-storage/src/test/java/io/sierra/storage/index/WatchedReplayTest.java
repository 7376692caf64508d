package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.segment.LostEntries.Versions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WatchedReplayTest {
    private static final long LENGTH_BYTES = 3_000;
    private final List<Long> offsets = new ArrayList<>();
    private final List<Long> read = new ArrayList<>();
    private final SegmentEvents frames =
            (_, sink) -> {
                for (long offset : new long[] {1_000, 1_000, 2_000}) {
                    sink.event(0, 0, 0, 0, 0, false, 0, 0, offset);
                }
                return LENGTH_BYTES;
            };

    private final EventSink noting =
            new EventSink() {
                @Override
                public void event(
                        int partitionId,
                        long partitionSequence,
                        long streamKeyHigh,
                        long streamKeyLow,
                        long streamVersion,
                        boolean hasDefaultPartitionKey,
                        long eventIdHigh,
                        long eventIdLow,
                        long frameFileOffset) {
                    offsets.add(frameFileOffset);
                }

                @Override
                public void lost(
                        int partitionId,
                        long firstSequence,
                        long endSequence,
                        List<Versions> versions,
                        long frameFileOffset) {
                    offsets.add(-frameFileOffset);
                }
            };

    @Test
    void run_passesOnWhatIsLost() throws IOException {
        SegmentEvents lost =
                (_, sink) -> {
                    sink.lost(0, 0, 2, List.of(), 1_000);
                    return LENGTH_BYTES;
                };
        WatchedReplay.run(lost, 0, noting, read::add, () -> false);

        assertThat(offsets).containsExactly(-1_000L);
        assertThat(read).containsExactly(1_000L, 2_000L);
    }

    @Test
    void run_tellsHowMuchWasReadSinceItToldLast() throws IOException {
        long length = WatchedReplay.run(frames, 0, noting, read::add, () -> false);

        assertThat(length).isEqualTo(LENGTH_BYTES);
        assertThat(offsets).containsExactly(1_000L, 1_000L, 2_000L);
        assertThat(read).containsExactly(1_000L, 1_000L, 1_000L);
    }

    @Test
    void run_cancelled_endsBeforeTheNextEvent() {
        assertThatThrownBy(() ->
                        WatchedReplay.run(frames, 7, noting, read::add, () -> offsets.size() == 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("segment 7");
        assertThat(offsets).hasSize(2);
    }
}
