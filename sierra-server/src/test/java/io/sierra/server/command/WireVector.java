package io.sierra.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A recorded case of SierraDB's parser or decoder.
 *
 * @param name the words of the request, or the raw input
 * @param request the bytes of the request
 * @param upstream {@code parses}, or the text of the error; for raw input what the server did
 */
record WireVector(String name, byte[] request, String upstream) {
    private static final String RESOURCE = "wire-vectors.json";

    private static final String SOME_UUID = "550e8400-e29b-41d4-a716-446655440000";

    /** Recorded cases of whole requests. */
    static Stream<WireVector> ofArguments() {
        return all().filter(node -> node.has("args")).map(WireVector::ofArguments);
    }

    /** Recorded cases of bytes. */
    static Stream<WireVector> ofBytes() {
        return all().filter(node -> node.has("raw_input")).map(WireVector::ofBytes);
    }

    /** The request, to be read once. */
    ByteBuf bytes() {
        return Unpooled.wrappedBuffer(request);
    }

    @Override
    public String toString() {
        return name;
    }

    private static Stream<JsonNode> all() {
        try (InputStream resource = WireVector.class.getResourceAsStream(RESOURCE)) {
            JsonNode root = new ObjectMapper().readTree(Objects.requireNonNull(resource));
            return StreamSupport.stream(root.get("vectors").spliterator(), false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static WireVector ofArguments(JsonNode vector) {
        JsonNode args = vector.get("args");
        ByteBuf request = Unpooled.buffer();
        request.writeCharSequence("*" + args.size() + "\r\n", StandardCharsets.US_ASCII);
        args.forEach(argument -> write(argument, request));
        String upstream = vector.has("error") ? vector.get("error").asText() : "parses";
        String words =
                StreamSupport.stream(args.spliterator(), false)
                        .map(WireVector::word)
                        .collect(Collectors.joining(" "));
        return new WireVector(readable(words), copyOf(request), upstream);
    }

    private static WireVector ofBytes(JsonNode vector) {
        String input = vector.get("raw_input").asText();
        return new WireVector(
                readable(input),
                input.getBytes(StandardCharsets.UTF_8),
                vector.get("upstream").asText());
    }

    private static String word(JsonNode argument) {
        if (argument.isTextual()) {
            return argument.asText().isEmpty() ? "''" : argument.asText();
        }
        if (argument.has("number")) {
            return ":" + argument.get("number").asText();
        }
        if (argument.has("raw")) {
            return argument.get("raw").asText();
        }
        return argument.has("null") ? "_" : "0x" + argument.get("bulk_hex").asText();
    }

    private static String readable(String text) {
        return text.replace(SOME_UUID, "<uuid>").replace("\r\n", "⏎").replace("\n", "<lf>");
    }

    private static void write(JsonNode argument, ByteBuf request) {
        if (argument.has("number")) {
            ascii(":" + argument.get("number").asText() + "\r\n", request);
        } else if (argument.has("null")) {
            ascii("_\r\n", request);
        } else if (argument.has("raw")) {
            ascii(argument.get("raw").asText(), request);
        } else if (argument.has("bulk_hex")) {
            bulk(HexFormat.of().parseHex(argument.get("bulk_hex").asText()), request);
        } else if (argument.isTextual()) {
            bulk(argument.asText().getBytes(StandardCharsets.UTF_8), request);
        } else {
            throw new IllegalStateException("unknown kind of argument: " + argument);
        }
    }

    private static void bulk(byte[] bytes, ByteBuf request) {
        ascii("$" + bytes.length + "\r\n", request);
        request.writeBytes(bytes);
        ascii("\r\n", request);
    }

    private static void ascii(String text, ByteBuf request) {
        request.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    private static byte[] copyOf(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }
}
