package io.sierra.storage;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.version.ExpectedVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The example in the documentation of {@link EventStore}; a test runs it. */
final class EmbeddedExample {
    private EmbeddedExample() {}

    // @start region="example"
    static List<String> run(Path directory) throws IOException {
        try (EventStore store = EventStore.open(directory, StoreOptions.defaults())) {
            StreamId orders = StreamId.of("order-456");
            AppendResult result =
                    store.append(
                            new NewEvent(
                                    orders,
                                    utf8("OrderPlaced"),
                                    null, // the store makes up an id
                                    new ExpectedVersion.Empty(),
                                    NewEvent.NOW,
                                    utf8("{\"total\": 12}"),
                                    utf8("")));
            switch (result) {
                case AppendResult.Appended appended ->
                        System.out.println("durable in partition " + appended.partitionId());
                case AppendResult.Refused refused -> System.out.println(refused.failure());
            }

            List<String> payloads = new ArrayList<>();
            store.scanStream(
                    orders,
                    0,
                    Long.MAX_VALUE,
                    100,
                    event -> {
                        ByteBuffer payload = ByteBuffer.allocate(event.payloadLengthBytes());
                        event.copyPayload(payload);
                        payloads.add(StandardCharsets.UTF_8.decode(payload.flip()).toString());
                        return true; // go on
                    });
            return payloads;
        }
    }

    // @end

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
