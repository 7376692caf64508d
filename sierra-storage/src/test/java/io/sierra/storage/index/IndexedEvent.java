package io.sierra.storage.index;

/** An event as an index sees it. */
record IndexedEvent(
        int partitionId,
        long partitionSequence,
        StreamKey stream,
        long streamVersion,
        long idHigh,
        long idLow,
        long frameFileOffset)
        implements IndexedFrame {

    record StreamKey(long high, long low) {
        /** Every other stream has it. */
        boolean hasDefaultPartitionKey() {
            return low % 2 == 0;
        }
    }

    @Override
    public void addTo(EventSink sink) {
        sink.event(
                partitionId,
                partitionSequence,
                stream.high,
                stream.low,
                streamVersion,
                stream.hasDefaultPartitionKey(),
                idHigh,
                idLow,
                frameFileOffset);
    }
}
