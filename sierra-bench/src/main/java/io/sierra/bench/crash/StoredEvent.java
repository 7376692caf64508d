package io.sierra.bench.crash;

import io.sierra.server.cli.transfer.RespValue;
import io.sierra.server.cli.transfer.RespValue.Dictionary;
import java.io.IOException;
import java.util.UUID;

/** An event as a server hands it out, its content compared with its id already. */
record StoredEvent(
        UUID id,
        UUID transactionId,
        String stream,
        int partitionId,
        long partitionSequence,
        long streamVersion) {

    /** Reads an event out of a reply or a push. */
    static StoredEvent of(RespValue value) throws IOException {
        Dictionary event = value.asDictionary();
        UUID id = UUID.fromString(event.text("event_id"));
        StoredEvent stored =
                new StoredEvent(
                        id,
                        UUID.fromString(event.text("transaction_id")),
                        event.text("stream_id"),
                        (int) event.number("partition_id"),
                        event.number("partition_sequence"),
                        event.number("stream_version"));
        Violation.unless(
                Content.isOf(
                        id,
                        event.text("event_name"),
                        event.bytes("metadata"),
                        event.bytes("payload")),
                "%s has other content than was sent",
                stored);
        return stored;
    }

    Attempt.Position position() {
        return new Attempt.Position(partitionId, partitionSequence, streamVersion);
    }
}
