package io.sierra.storage.index;

import io.sierra.storage.segment.LostEntries.Versions;
import java.util.List;

/** Lost events as an index sees them. */
record IndexedLoss(
        int partitionId,
        long firstSequence,
        long endSequence,
        List<Versions> versions,
        long frameFileOffset)
        implements IndexedFrame {

    @Override
    public void addTo(EventSink sink) {
        sink.lost(partitionId, firstSequence, endSequence, versions, frameFileOffset);
    }
}
