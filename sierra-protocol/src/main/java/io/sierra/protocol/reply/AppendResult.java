package io.sierra.protocol.reply;

import io.sierra.protocol.id.PartitionKey;
import java.util.List;

/** Outcome of an append. */
public sealed interface AppendResult {

    /**
     * The events are confirmed: durable on a quorum and visible to readers.
     *
     * @param firstPartitionSequence sequence of the first event; the others follow without a gap
     * @param events in the order of the command
     */
    record Appended(
            PartitionKey partitionKey,
            int partitionId,
            long firstPartitionSequence,
            List<AppendedEvent> events)
            implements AppendResult {}

    /** The append was refused or failed. */
    record Refused(Failure failure) implements AppendResult {}
}
