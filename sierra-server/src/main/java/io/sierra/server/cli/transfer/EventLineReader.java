package io.sierra.server.cli.transfer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.cli.tool.JsonText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes one line of JSON apart. {@code payload} and {@code metadata} are stored as the text that
 * stands in the line, letter by letter, whatever JSON they are; a string is stored as the text
 * within; null as nothing. Other bytes come as {@code payload_base64} and {@code metadata_base64}.
 */
final class EventLineReader {
    /** What an export adds for people; the server decides it anew. */
    private static final Set<String> IGNORED =
            Set.of("stream_version", "partition_id", "partition_sequence");

    private static final int MAX_NAME_BYTES = 255;
    private static final byte[] NOTHING = new byte[0];

    private final String line;
    private final JsonParser parser;
    private final Set<String> seen = new HashSet<>();

    private @Nullable String stream;
    private @Nullable String name;
    private @Nullable UUID eventId;
    private @Nullable UUID partitionKey;
    private @Nullable Long timestampMillis;
    private byte[] payload = NOTHING;
    private byte[] metadata = NOTHING;

    private EventLineReader(String line, JsonParser parser) {
        this.line = line;
        this.parser = parser;
    }

    /**
     * The event in a line.
     *
     * @throws BadLineException with the reason if there is none
     */
    static EventLine read(byte[] line) throws BadLineException {
        String text =
                JsonText.decode(line)
                        .orElseThrow(() -> new BadLineException("the line is not UTF-8"));
        try (JsonParser parser = JsonText.FACTORY.createParser(text)) {
            return new EventLineReader(text, parser).read();
        } catch (JsonProcessingException e) {
            throw new BadLineException(
                    "not JSON: "
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + ", column "
                            + e.getLocation().getColumnNr(),
                    e);
        } catch (CharacterCodingException e) {
            throw new BadLineException("half a surrogate pair is no character", e);
        } catch (IOException e) {
            throw new BadLineException(String.valueOf(e.getMessage()), e);
        }
    }

    private EventLine read() throws IOException, BadLineException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new BadLineException("a line must hold a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            if (!seen.add(field.replace("_base64", ""))) {
                throw new BadLineException(field + " is given twice");
            }
            parser.nextToken();
            readField(field);
        }
        if (parser.nextToken() != null) {
            throw new BadLineException("something follows the object");
        }
        return event();
    }

    private void readField(String field) throws IOException, BadLineException {
        switch (field) {
            case "stream" -> stream = string(field);
            case "name" -> name = string(field);
            case "event_id" -> eventId = uuid(field);
            case "partition_key" -> partitionKey = uuid(field);
            case "timestamp" -> timestampMillis = timestamp();
            case "payload" -> payload = data();
            case "metadata" -> metadata = data();
            case "payload_base64" -> payload = base64(field);
            case "metadata_base64" -> metadata = base64(field);
            default -> {
                if (!IGNORED.contains(field)) {
                    throw new BadLineException("there is no field " + field);
                }
                parser.skipChildren();
            }
        }
    }

    private EventLine event() throws IOException, BadLineException {
        if (stream == null || name == null) {
            throw new BadLineException((stream == null ? "stream" : "name") + " is missing");
        }
        String problem = StreamId.problemWith(JsonText.encode(stream));
        if (problem != null) {
            throw new BadLineException(problem);
        }
        if (JsonText.encode(name).length > MAX_NAME_BYTES) {
            throw new BadLineException("name is longer than " + MAX_NAME_BYTES + " bytes");
        }
        return new EventLine(
                stream, name, eventId, partitionKey, timestampMillis, payload, metadata);
    }

    private String string(String field) throws IOException, BadLineException {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            throw new BadLineException(field + " must be a string");
        }
        return parser.getText();
    }

    private UUID uuid(String field) throws IOException, BadLineException {
        String text = string(field);
        try {
            UUID uuid = UUID.fromString(text);
            // The JDK also takes forms with shorter groups.
            if (uuid.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return uuid;
            }
        } catch (IllegalArgumentException _) {
            // the same answer as below
        }
        throw new BadLineException(field + " must be a UUID, not " + text);
    }

    private long timestamp() throws IOException, BadLineException {
        if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && parser.getLongValue() >= 0) {
            return parser.getLongValue();
        }
        throw new BadLineException("timestamp must be milliseconds since 1970");
    }

    private byte[] data() throws IOException {
        if (parser.hasToken(JsonToken.VALUE_STRING)) {
            return JsonText.encode(parser.getText());
        }
        if (parser.hasToken(JsonToken.VALUE_NULL)) {
            return NOTHING;
        }
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (parser.currentToken().isNumeric()) {
            return JsonText.encode(parser.getText());
        }
        return JsonText.encode(
                line.substring(start, (int) parser.currentLocation().getCharOffset()));
    }

    private byte[] base64(String field) throws IOException, BadLineException {
        try {
            return Base64.getDecoder().decode(string(field));
        } catch (IllegalArgumentException e) {
            throw new BadLineException(field + " is not base64", e);
        }
    }
}
