package io.sierra.server.cli.store;

import static io.sierra.server.cli.store.FrameFields.eventId;
import static io.sierra.server.cli.store.FrameFields.metadata;
import static io.sierra.server.cli.store.FrameFields.name;
import static io.sierra.server.cli.store.FrameFields.partitionKey;
import static io.sierra.server.cli.store.FrameFields.payload;
import static io.sierra.server.cli.store.FrameFields.time;
import static io.sierra.server.cli.store.FrameFields.transactionId;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sierra.server.cli.tool.JsonText;
import io.sierra.storage.check.Damage;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Base64;
import java.util.Optional;

/** For programs: one JSON object a line, whose field {@code type} says what it is. */
final class JsonFramePrinter implements FramePrinter {
    private final PrintWriter out;
    private final JsonGenerator json;

    JsonFramePrinter(PrintWriter out) throws IOException {
        this.out = out;
        this.json = JsonText.FACTORY.createGenerator(out);
        json.setRootValueSeparator(null);
    }

    @Override
    public void frame(String file, FrameReader frame) throws IOException {
        begin("frame", file, frame.fileOffset());
        json.writeStringField("kind", frame.kind().name());
        json.writeNumberField("length", frame.lengthBytes());
        json.writeStringField("header_checksum", hex(frame.storedHeaderChecksum()));
        json.writeStringField("body_checksum", hex(frame.storedBodyChecksum()));
        json.writeNumberField("durable_end", frame.durableEnd());
        switch (frame.kind()) {
            case EVENTS, TERM_START -> {
                json.writeNumberField("partition", frame.partitionId());
                json.writeNumberField("log_index", frame.logIndex());
                json.writeNumberField("term", frame.term());
                json.writeNumberField("first_sequence", frame.firstSequence());
                json.writeNumberField("event_count", frame.eventCount());
                json.writeNumberField("watermark", frame.watermark());
                json.writeStringField("chain", hex(frame.chain()));
                json.writeStringField("digest", hex(frame.digest()));
                json.writeStringField("transaction_id", transactionId(frame).toString());
                json.writeStringField("partition_key", partitionKey(frame).toString());
            }
            case CHECKPOINT -> {
                json.writeArrayFieldStart("positions");
                for (Checkpoint.Position position : frame.checkpoint()) {
                    write(position);
                }
                json.writeEndArray();
            }
            case LOST -> {
                json.writeNumberField("partition", frame.partitionId());
                json.writeNumberField("log_index", frame.logIndex());
                json.writeNumberField("last_log_index", frame.lastLogIndex());
                json.writeNumberField("term", frame.term());
                json.writeNumberField("first_sequence", frame.firstSequence());
                json.writeNumberField("end_sequence", frame.endSequence());
                json.writeStringField("chain", hex(frame.chain()));
                json.writeStringField("digest", hex(frame.digest()));
            }
            case DURABLE_END, FILLER -> {}
        }
        end();
    }

    private void write(Checkpoint.Position position) throws IOException {
        json.writeStartObject();
        json.writeNumberField("partition", position.partitionId());
        json.writeNumberField("log_index", position.lastLogIndex());
        json.writeNumberField("term", position.lastTerm());
        json.writeNumberField("next_sequence", position.nextSequence());
        json.writeNumberField("watermark", position.watermark());
        json.writeStringField("digest", hex(position.digest()));
        json.writeBooleanField("damaged", position.damaged());
        json.writeEndObject();
    }

    @Override
    public void event(String file, FrameReader frame) throws IOException {
        begin("event", file, frame.fileOffset());
        data("stream", frame.streamIdBytes());
        json.writeNumberField("stream_version", frame.streamVersion());
        json.writeNumberField("partition", frame.partitionId());
        json.writeNumberField("partition_sequence", frame.partitionSequence());
        json.writeStringField("event_id", eventId(frame).toString());
        json.writeStringField("time", time(frame).toString());
        data("name", name(frame));
        data("metadata", metadata(frame));
        data("payload", payload(frame));
        end();
    }

    private void data(String field, byte[] bytes) throws IOException {
        Optional<String> text = JsonText.decode(bytes);
        if (text.isPresent()) {
            json.writeStringField(field, text.get());
        } else {
            json.writeStringField(field + "_base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    @Override
    public void damage(String file, Damage damage) throws IOException {
        begin("damage", file, damage.start());
        json.writeNumberField("end", damage.end());
        json.writeStringField("problem", damage.problem());
        Damage.LostFrame lost = damage.header();
        if (lost != null) {
            json.writeNumberField("partition", lost.partitionId());
            json.writeNumberField("last_log_index", lost.lastLogIndex());
            json.writeNumberField("first_sequence", lost.firstSequence());
            json.writeNumberField("event_count", lost.endSequence() - lost.firstSequence());
        }
        end();
    }

    @Override
    public void missing(String file) throws IOException {
        begin("missing", file, 0);
        end();
    }

    @Override
    public void end(String file, long fileOffset, boolean tornTail) throws IOException {
        begin("end", file, fileOffset);
        json.writeBooleanField("torn_tail", tornTail);
        end();
    }

    private void begin(String type, String file, long fileOffset) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
        json.writeStringField("file", file);
        json.writeNumberField("offset", fileOffset);
    }

    private void end() throws IOException {
        json.writeEndObject();
        json.flush();
        out.println();
    }

    private static String hex(int checksum) {
        return "%08x".formatted(checksum);
    }
}
