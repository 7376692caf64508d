package io.sierra.server.cli.tool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Which bytes are JSON, and which are text at all. */
public final class JsonText {
    /** Reads and writes texts and numbers of any length. */
    public static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private JsonText() {}

    /** The text that these bytes are in UTF-8; empty if they are not. */
    public static Optional<String> decode(byte[] bytes) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    /**
     * The text in UTF-8.
     *
     * @throws CharacterCodingException if it has half a surrogate pair, which JSON can escape
     */
    public static byte[] encode(String text) throws CharacterCodingException {
        ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /**
     * Whether a text can stand in a line of JSON as it is and be found there again to the letter.
     * Strings and null cannot: a JSON string stands for the text within, null for nothing.
     */
    public static boolean standsForItself(String text) {
        if (text.indexOf('\n') >= 0
                || text.indexOf('\r') >= 0
                || !text.strip().equals(text)
                || text.isEmpty()) {
            return false;
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.VALUE_STRING || first == JsonToken.VALUE_NULL) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException _) {
            return false;
        }
    }
}
