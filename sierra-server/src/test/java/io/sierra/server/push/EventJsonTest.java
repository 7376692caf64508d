package io.sierra.server.push;

import static io.sierra.server.push.SomeEvent.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sierra.server.testing.StoredEvent;
import io.sierra.storage.read.EventView;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the JSON of an event; the whole of one is in {@link PushFormatTest}. */
class EventJsonTest {
    private static final UUID SUBSCRIPTION = new UUID(1, 2);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final EventJson json = new EventJson();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1, 2]",
                "12345678901234567890.12345678901234567890e400",
                "\"text\"",
                "null",
                "true",
                " { \"a\" :\n1 } \t",
                "{\"a\":1,\"a\":2}",
                "{\"é\":\"\\u00e9\"}"
            })
    void jsonData_isEmbeddedByteForByte(String data) throws IOException {
        String text = text(event(utf8("[7]"), utf8(data)));

        assertThat(text)
                .contains(",\"metadata\":[7],\"payload\":" + data + ",\"metadata_encoding\":");
        JsonNode object = MAPPER.readTree(text);
        assertThat(object.get("payload_encoding").asText()).isEqualTo("json");
        assertThat(object.get("metadata_encoding").asText()).isEqualTo("json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "{",
                "{} {}",
                "01",
                "a\"b\\c\u0000\u001f\n",
                "1\u0000",
                "\uFEFF{}",
                "é€😀",
                "NaN"
            })
    void textData_isAString(String data) throws IOException {
        JsonNode object = MAPPER.readTree(text(event(utf8(data), utf8(data))));

        assertThat(object.get("payload").asText()).isEqualTo(data);
        assertThat(object.get("payload").isTextual()).isTrue();
        assertThat(object.get("payload_encoding").asText()).isEqualTo("text");
        assertThat(object.get("metadata").asText()).isEqualTo(data);
        assertThat(object.get("metadata_encoding").asText()).isEqualTo("text");
    }

    @Test
    void otherData_isBase64() throws IOException {
        for (String hidden :
                new String[] {"\u00FF", "{\"a\":\"\u00C0\u00AF\"}", "\u00ED\u00A0\u0080"}) {
            byte[] data = hidden.getBytes(StandardCharsets.ISO_8859_1);
            JsonNode object = MAPPER.readTree(text(event(data, data)));

            assertThat(object.get("payload_encoding").asText()).isEqualTo("base64");
            assertThat(object.get("payload").asText())
                    .isEqualTo(Base64.getEncoder().encodeToString(data));
            assertThat(object.get("metadata").binaryValue()).isEqualTo(data);
        }
    }

    @Test
    void largeData_isWholeAndLeavesNothingBehind() throws IOException {
        byte[] text = utf8("x\n".repeat(500_000));
        byte[] binary = new byte[300_001];
        binary[0] = (byte) 0xFF;
        JsonNode large = MAPPER.readTree(text(event(binary, text)));

        assertThat(large.get("payload").asText())
                .isEqualTo(new String(text, StandardCharsets.UTF_8));
        assertThat(large.get("metadata").binaryValue()).isEqualTo(binary);
        assertThat(text(event(utf8("a"), utf8("b"))))
                .endsWith(
                        "\"metadata\":\"a\",\"payload\":\"b\",\"metadata_encoding\":\"text\","
                                + "\"payload_encoding\":\"text\"}");
    }

    @Test
    void namesWithQuotesAndLineEnds_areEscaped() throws IOException {
        StoredEvent event = SomeEvent.of("s\"\n😀", utf8("E\\\""), utf8(""), utf8(""));
        JsonNode object = MAPPER.readTree(text(event));

        assertThat(object.get("stream_id").asText()).isEqualTo("s\"\n😀");
        assertThat(object.get("event_name").asText()).isEqualTo("E\\\"");
    }

    @Test
    void nameThatIsNotUtf8_isStillJson() throws IOException {
        StoredEvent event = SomeEvent.of("s", new byte[] {'E', (byte) 0xFF}, utf8(""), utf8(""));

        assertThat(MAPPER.readTree(text(event)).get("event_name").asText()).isEqualTo("E\uFFFD");
    }

    @Test
    void eventThatCannotBeRead_doesNotSpoilTheNext() {
        StoredEvent good = event(utf8("m"), utf8("p"));
        String expected = text(good);

        assertThatThrownBy(() -> json.event(SUBSCRIPTION, 5, withoutPayload(good)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(text(good)).isEqualTo(expected);
    }

    /** The same event, but its payload cannot be read. */
    private static EventView withoutPayload(StoredEvent event) {
        return (EventView)
                Proxy.newProxyInstance(
                        EventView.class.getClassLoader(),
                        new Class<?>[] {EventView.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("copyPayload")) {
                                throw new IllegalStateException("damaged");
                            }
                            try {
                                return method.invoke(event, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private static StoredEvent event(byte[] metadata, byte[] payload) {
        return SomeEvent.of("s", utf8("E"), metadata, payload);
    }

    private String text(EventView event) {
        return json.event(SUBSCRIPTION, 5, event).toString(StandardCharsets.UTF_8);
    }
}
