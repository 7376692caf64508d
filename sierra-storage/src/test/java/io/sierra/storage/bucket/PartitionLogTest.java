package io.sierra.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PartitionLogTest {
    private final PartitionLog log = new PartitionLog(0);
    private final List<UnconfirmedEntry> confirmed = new ArrayList<>();

    /** An entry with one event that follows the log's last. */
    private UnconfirmedEntry next(long term) {
        return UnconfirmedEntry.of(
                log.lastLogIndex() + 1,
                term,
                log.nextSequence(),
                log.digest(),
                0,
                64,
                UnconfirmedEntry.roomForEvents(1));
    }

    private UnconfirmedEntry append(long term, int digest) {
        UnconfirmedEntry entry = next(term);
        log.append(entry, digest);
        return entry;
    }

    @Test
    void supersedeFrom_unconfirmedIndex_dropsItAndAllBehindIt() {
        UnconfirmedEntry kept = append(1, 11);
        append(1, 12);
        append(1, 13);
        assertThat(log.supersedeFrom(2)).isTrue();
        assertThat(log.lastLogIndex()).isEqualTo(1);
        assertThat(log.nextSequence()).isEqualTo(1);
        assertThat(log.digest()).isEqualTo(11);

        UnconfirmedEntry newer = append(2, 22);
        log.confirmUpTo(2, confirmed::add);
        assertThat(confirmed).containsExactly(kept, newer);
        assertThat(log.watermark().end()).isEqualTo(2);
    }

    @Test
    void supersedeFrom_wholeSuffix_fallsBackToTheConfirmedEntry() {
        append(1, 11);
        log.confirmUpTo(1, confirmed::add);
        append(3, 12);
        assertThat(log.supersedeFrom(2)).isTrue();
        assertThat(log.lastTerm()).isEqualTo(1);
        assertThat(log.digest()).isEqualTo(11);
        assertThat(log.watermark().end()).isEqualTo(1);
    }

    @Test
    void supersedeFrom_confirmedIndex_isRefused() {
        append(1, 11);
        log.confirmUpTo(1, confirmed::add);
        append(1, 12);
        assertThat(log.supersedeFrom(1)).isFalse();
        assertThat(log.lastLogIndex()).isEqualTo(2);
    }

    @Test
    void confirmUpTo_indexInTheMiddle_leavesTheRestInvisible() {
        append(1, 11);
        append(1, 12);
        log.confirmUpTo(1, confirmed::add);
        assertThat(confirmed).hasSize(1);
        assertThat(log.watermark().end()).isEqualTo(1);
        assertThat(log.nextSequence()).isEqualTo(2);
    }
}
