package io.sierra.server.cli.transfer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sierra.server.cli.tool.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.Optional;

/** Writes events as lines of JSON that {@link EventLineReader} turns into the same events. */
final class EventLineWriter implements AutoCloseable {
    private final JsonGenerator generator;

    /** Writes to {@code out}, which is closed together with this. */
    EventLineWriter(OutputStream out) throws IOException {
        generator = JsonText.FACTORY.createGenerator(out);
        generator.setPrettyPrinter(null);
        generator.setRootValueSeparator(null);
    }

    /** Appends the line of an event that the server has sent. */
    void write(RespValue.Dictionary event) throws IOException {
        generator.writeStartObject();
        generator.writeStringField("stream", event.text("stream_id"));
        generator.writeStringField("name", event.text("event_name"));
        generator.writeNumberField("timestamp", event.number("timestamp"));
        writeData("payload", event.bytes("payload"));
        writeData("metadata", event.bytes("metadata"));
        generator.writeStringField("event_id", event.text("event_id"));
        generator.writeStringField("partition_key", event.text("partition_key"));
        generator.writeNumberField("stream_version", event.number("stream_version"));
        generator.writeNumberField("partition_id", event.number("partition_id"));
        generator.writeNumberField("partition_sequence", event.number("partition_sequence"));
        generator.writeEndObject();
        generator.writeRaw('\n');
    }

    private void writeData(String field, byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        Optional<String> text = JsonText.decode(data);
        if (text.isEmpty()) {
            String base64 = Base64.getEncoder().encodeToString(data);
            generator.writeStringField(field + "_base64", base64);
        } else if (JsonText.standsForItself(text.get())) {
            generator.writeFieldName(field);
            generator.writeRawValue(text.get());
        } else {
            generator.writeStringField(field, text.get());
        }
    }

    @Override
    public void close() throws IOException {
        generator.close();
    }
}
