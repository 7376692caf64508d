package io.sierra.server.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of JSON and what is wrong with some of them. */
final class EventLineReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    ``                                              | a line must hold a JSON object
                    []                                              | a line must hold a JSON object
                    {"stream":"s"}                                  | name is missing
                    {"name":"n"}                                    | stream is missing
                    {"stream":1}                                    | stream must be a string
                    {"stream":""                                    | not JSON: Unexpected end
                    {"stream":"s","name":"n"} x                     | not JSON: Unrecognized token 'x'
                    {"stream":"s","name":"n"} {}                    | something follows the object
                    {"stream":"","name":"n"}                        | stream id must be between 1 and 64
                    {"stream":"a\\u0000b","name":"n"}               | stream id cannot contain null
                    {"stream":"\\ud800","name":"n"}                 | half a surrogate pair
                    {"stream":"s","name":"n","timestamp":-1}        | timestamp must be milliseconds
                    {"stream":"s","name":"n","timestamp":1.5}       | timestamp must be milliseconds
                    {"stream":"s","name":"n","timestamp":99999999999999999999} | timestamp must be
                    {"stream":"s","name":"n","event_id":"1-2-3-4-5"} | event_id must be a UUID
                    {"stream":"s","name":"n","paylaod":{}}          | there is no field paylaod
                    {"stream":"s","stream":"t"}                     | stream is given twice
                    {"payload":1,"payload_base64":""}               | payload_base64 is given twice
                    {"stream":"s","name":"n","payload_base64":"?"}  | payload_base64 is not base64
                    {"stream":"s","name":"n","payload":{"a":}}      | not JSON:
                    """)
    void read_noEvent_saysWhy(String line, String reason) {
        assertThatExceptionOfType(BadLineException.class)
                .isThrownBy(() -> EventLineReader.read(line.getBytes(StandardCharsets.UTF_8)))
                .withMessageStartingWith(reason);
    }

    @Test
    void read_lineThatIsNotUtf8_saysSo() {
        byte[] line = "{\"stream\":\"é\",\"name\":\"n\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThatExceptionOfType(BadLineException.class)
                .isThrownBy(() -> EventLineReader.read(line))
                .withMessage("the line is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1", "-0.50", "1E400", "true", "[]", "{ }", "[ {\"a\" : [null]} ,\t2 ]"})
    void read_payload_isItsTextInTheLine(String payload) throws Exception {
        String line = "{\"stream\":\"s\",\"payload\" : %s , \"name\":\"n\"}".formatted(payload);

        EventLine event = EventLineReader.read(line.getBytes(StandardCharsets.UTF_8));

        assertThat(event.payload()).asString(StandardCharsets.UTF_8).isEqualTo(payload);
    }

    @Test
    void read_longLine_isCutInTheRightPlaces() throws Exception {
        String payload = "{\"é😀\":\"" + "x".repeat(200_000) + "\", \"n\":1.0}";
        String line = "{\"payload\":%s,\"stream\":\"s\",\"name\":\"n\"}".formatted(payload);

        EventLine event = EventLineReader.read(line.getBytes(StandardCharsets.UTF_8));

        assertThat(new String(event.payload(), StandardCharsets.UTF_8)).isEqualTo(payload);
    }
}
